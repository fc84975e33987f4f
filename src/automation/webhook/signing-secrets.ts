import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { Vault } from '../../platform/secrets/vault';

/** 192 bits: in the middle of what Standard Webhooks asks for. */
const SECRET_BYTES = 24;

/** With what the calls of a rule are signed. */
@Injectable()
export class SigningSecrets {
  constructor(
    private readonly db: TenantDb,
    private readonly vault: Vault,
  ) {}

  /** A new secret for the rule, in place of the one before; shown this once. Throws Problem 404. */
  make(caller: Caller, ruleId: string): Promise<string> {
    const secret = `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
    const sealed = this.vault.seal(secret, placeOf(caller.tenantId, ruleId));
    return this.db.run(caller.tenantId, async (tx) => {
      const rows = await tx.query(
        `UPDATE message_automation_rule SET signing_secret = $3, updated_at = now()
         WHERE tenant_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING 1`,
        [tx.tenantId, ruleId, sealed],
      );
      if (!rows.length) throw Problem.notFound('automation rule');
      await audit(tx, caller, 'automation_rule.secret_changed', 'automation_rule', ruleId, {});
      return secret;
    });
  }

  /** Throws SealError where it was moved here from another rule, or its key is not in the ring. */
  open(tenantId: string, ruleId: string, sealed: string): string {
    return this.vault.open(sealed, placeOf(tenantId, ruleId));
  }

  /** The same secret under the current key. Answers whether it was under another. */
  rewrap(tenantId: string, ruleId: string): Promise<boolean> {
    return this.db.run(tenantId, async (tx) => {
      const [row] = await tx.query<{ sealed: string | null }>(
        `SELECT signing_secret AS sealed FROM message_automation_rule WHERE tenant_id = $1 AND id = $2 FOR NO KEY UPDATE`,
        [tx.tenantId, ruleId],
      );
      if (!row?.sealed || !this.vault.needsRewrap(row.sealed)) return false;
      const sealed = this.vault.rewrap(row.sealed, placeOf(tenantId, ruleId));
      await tx.query(`UPDATE message_automation_rule SET signing_secret = $3 WHERE tenant_id = $1 AND id = $2`, [
        tx.tenantId,
        ruleId,
        sealed,
      ]);
      return true;
    });
  }
}

function placeOf(tenantId: string, ruleId: string) {
  return { tenantId, channelId: ruleId, field: 'automation signing secret', version: 1 };
}
