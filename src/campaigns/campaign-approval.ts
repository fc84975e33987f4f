import { actorOf } from '../permissions/audit';
import type { Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { CampaignState } from './campaign-actions.queries';
import { campaignSettings } from './settings/campaign-settings.service';

/** Throws Problem 409 for a bulk send that somebody else has to approve first. */
export async function checkApproval(tx: Tx, { approvedBy }: CampaignState): Promise<void> {
  if (approvedBy !== null || !(await campaignSettings(tx)).approvalRequired) return;
  throw Problem.conflict('approval_required', 'Somebody other than its author has to approve the bulk send first.');
}

/** Throws Problem 409 for its own author. */
export async function approve(tx: Tx, caller: Caller, { id, createdBy }: CampaignState): Promise<void> {
  const approver = actorOf(caller);
  if (personOf(approver) === personOf(createdBy ?? ''))
    throw Problem.conflict('approval_required', 'The author of a bulk send cannot approve it.');
  await tx.query(
    `UPDATE bulk_message_campaign SET approved_by = $3, approved_at = now(), updated_at = now()
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, approver],
  );
}

/** What was approved is no more what it was. */
export async function forgetApproval(tx: Tx, id: string): Promise<void> {
  await tx.query(
    `UPDATE bulk_message_campaign SET approved_by = NULL, approved_at = NULL
     WHERE tenant_id = $1 AND id = $2 AND approved_by IS NOT NULL`,
    [tx.tenantId, id],
  );
}

/** The user, whichever key acted for them; the key where it acts for nobody. */
function personOf(actor: string): string {
  return actor.split(' ')[0] ?? '';
}
