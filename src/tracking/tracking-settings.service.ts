import { Injectable } from '@nestjs/common';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import type { TrackingSettingsResponse, UpdateTrackingSettingsDto } from './tracking-settings.dto';

/** What a tenant has told of its messages, where a message says nothing else. */
@Injectable()
export class TrackingSettings {
  constructor(private readonly db: TenantDb) {}

  get({ tenantId }: Caller): Promise<TrackingSettingsResponse> {
    return this.db.run(tenantId, read);
  }

  /** For messages that are accepted from now on; the attribute counts for links that were sent before, too. */
  update(caller: Caller, input: UpdateTrackingSettingsDto): Promise<TrackingSettingsResponse> {
    const { clicks, opens, untrackedAttribute } = input;
    return this.db.run(caller.tenantId, async (tx) => {
      await tx.query(
        `UPDATE tenant SET track_clicks = coalesce($2, track_clicks), track_opens = coalesce($3, track_opens),
           untracked_attribute = CASE WHEN $4 THEN $5 ELSE untracked_attribute END, updated_at = now() WHERE id = $1`,
        [tx.tenantId, clicks ?? null, opens ?? null, untrackedAttribute !== undefined, untrackedAttribute ?? null],
      );
      const changes = { clicks, opens, untrackedAttribute };
      await audit(tx, caller, 'tracking_settings.updated', 'tenant', tx.tenantId, changes);
      return read(tx);
    });
  }
}

async function read(tx: Tx): Promise<TrackingSettingsResponse> {
  const [row] = await tx.query<TrackingSettingsResponse>(
    `SELECT track_clicks AS clicks, track_opens AS opens, untracked_attribute AS "untrackedAttribute"
     FROM tenant WHERE id = $1`,
    [tx.tenantId],
  );
  if (!row) throw new Error('The tenant of the transaction is gone');
  return row;
}
