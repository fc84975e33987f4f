import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import type { ConsentSettingsResponse, FrequencyCapDto, UpdateConsentSettingsDto } from './consent-settings.dto';

/** What a tenant sets for all of its contacts. */
@Injectable()
export class ConsentSettingsService {
  constructor(private readonly db: TenantDb) {}

  get({ tenantId }: Caller): Promise<ConsentSettingsResponse> {
    return this.db.run(tenantId, read);
  }

  /** In force for the next dispatch once it is committed. A cap counts what was dispatched while there was one. */
  update(caller: Caller, { frequencyCaps, timezone }: UpdateConsentSettingsDto): Promise<ConsentSettingsResponse> {
    const caps = frequencyCaps?.map(({ purpose, most, hours }) => ({ purpose, most, hours }));
    return this.db.run(caller.tenantId, async (tx) => {
      await tx.query(
        `UPDATE tenant SET timezone = coalesce($2, timezone), updated_at = now(),
           frequency_caps = CASE WHEN $3::jsonb IS NULL THEN frequency_caps ELSE nullif($3::jsonb, '[]') END WHERE id = $1`,
        [tx.tenantId, timezone ?? null, caps ? JSON.stringify(caps) : null],
      );
      await audit(tx, caller, 'consent_settings.updated', 'tenant', tx.tenantId, { frequencyCaps: caps, timezone });
      return read(tx);
    });
  }
}

async function read(tx: Tx): Promise<ConsentSettingsResponse> {
  const [row] = await tx.query<{ frequencyCaps: FrequencyCapDto[] | null; timezone: string }>(
    `SELECT frequency_caps AS "frequencyCaps", timezone FROM tenant WHERE id = $1`,
    [tx.tenantId],
  );
  if (!row) throw new Error('The tenant of the transaction is gone');
  return { frequencyCaps: row.frequencyCaps ?? [], timezone: row.timezone };
}
