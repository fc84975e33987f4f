import type { MigrationInterface, QueryRunner } from 'typeorm';

const CAMPAIGN_COLUMNS = [
  `topic text`,
  `delivery text NOT NULL DEFAULT 'at_least_once' CHECK (delivery IN ('at_least_once', 'at_most_once'))`,
  `reason_code text`,
  `reason_detail text`,
  `duplicates integer NOT NULL DEFAULT 0`,
  `in_recipient_timezone boolean NOT NULL DEFAULT false`,
  `domain_rates jsonb NOT NULL DEFAULT '[]'`,
  `ramp_up jsonb`,
  `ab_test jsonb`,
  `winner smallint`,
  `winner_decided_at timestamptz`,
  `auto_pause jsonb`,
  `created_by text`,
  `approved_by text`,
  `approved_at timestamptz`,
  `prepared_at timestamptz`,
  `prepared_until text`,
  `pace jsonb NOT NULL DEFAULT '{}'`,
  `feeder uuid`,
  `feeder_until timestamptz NOT NULL DEFAULT '-infinity'`,
];

const RECIPIENT_COLUMNS = [
  `variant smallint`,
  `reason_detail text`,
  // What decides when it is its turn, in the order of the index below.
  `wave smallint NOT NULL DEFAULT 0`,
  `throttle text NOT NULL DEFAULT ''`,
  `send_at timestamptz NOT NULL DEFAULT '-infinity'`,
];

const nameOf = (column: string) => column.slice(0, column.indexOf(' '));

/** What a bulk send needs to run: its pace, its turns, its place in the queue of messages. */
export class RunCampaigns1780000016000 implements MigrationInterface {
  name = 'RunCampaigns1780000016000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE bulk_message_campaign ${CAMPAIGN_COLUMNS.map((c) => `ADD COLUMN ${c}`).join(', ')}`);
    await q.query(`ALTER TABLE bulk_message_recipient ${RECIPIENT_COLUMNS.map((c) => `ADD COLUMN ${c}`).join(', ')}`);
    await q.query(`ALTER TABLE tenant ADD COLUMN campaign_approval boolean NOT NULL DEFAULT false`);
    await q.query(`GRANT UPDATE (campaign_approval) ON tenant TO carillon_app`);
    // Where somebody stands who has a message is read from the message alone.
    await q.query(`ALTER TABLE bulk_message_recipient DROP CONSTRAINT bulk_message_recipient_status_check,
      ADD CONSTRAINT bulk_message_recipient_status_check
        CHECK (status IN ('PENDING', 'EXCLUDED', 'FAILED', 'CANCELLED', 'QUEUED') AND (status = 'QUEUED') = (message_id IS NOT NULL))`);
    // Whose turn it is, and how many stand where, from one index: a bulk send with a million recipients is counted at every look.
    await q.query(`CREATE INDEX recipient_turn ON bulk_message_recipient
      (tenant_id, campaign_id, status, wave, throttle, send_at, recipient_key)`);
    await q.query(`CREATE UNIQUE INDEX recipient_message ON bulk_message_recipient (tenant_id, message_id)
      WHERE message_id IS NOT NULL`);
    await q.query(`CREATE INDEX campaign_at_work ON bulk_message_campaign (feeder_until)
      WHERE status IN ('SCHEDULED', 'PREPARING', 'RUNNING')`);
    // Where the messages of a bulk send stand. Other messages are not in it.
    await q.query(`CREATE INDEX message_by_campaign ON communication_message (tenant_id, campaign_id, status, id)
      WHERE campaign_id IS NOT NULL`);
    await q.query(`CREATE INDEX message_complained ON communication_message (tenant_id, campaign_id)
      WHERE campaign_id IS NOT NULL AND complained_at IS NOT NULL`);
    await q.query(`ALTER TABLE communication_message ADD FOREIGN KEY (tenant_id, campaign_id)
      REFERENCES bulk_message_campaign (tenant_id, id)`);
    await q.query(
      `CREATE POLICY all_rows_for_dispatch ON bulk_message_campaign TO carillon_worker USING (true) WITH CHECK (true)`,
    );
    await q.query(`GRANT SELECT, UPDATE ON bulk_message_campaign TO carillon_worker`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`REVOKE UPDATE (campaign_approval) ON tenant FROM carillon_app`);
    await q.query(`ALTER TABLE tenant DROP COLUMN campaign_approval`);
    await q.query(`REVOKE ALL ON bulk_message_campaign FROM carillon_worker`);
    await q.query(`DROP POLICY all_rows_for_dispatch ON bulk_message_campaign`);
    await q.query(`ALTER TABLE communication_message DROP CONSTRAINT communication_message_tenant_id_campaign_id_fkey`);
    await q.query(
      `DROP INDEX message_complained, message_by_campaign, campaign_at_work, recipient_message, recipient_turn`,
    );
    await q.query(`ALTER TABLE bulk_message_recipient DROP CONSTRAINT bulk_message_recipient_status_check,
      ADD CONSTRAINT bulk_message_recipient_status_check CHECK (status IN ('PENDING', 'EXCLUDED', 'QUEUED', 'SENT', 'DELIVERED',
        'READ', 'FAILED', 'SUPPRESSED', 'CANCELLED', 'UNKNOWN'))`);
    await q.query(`ALTER TABLE bulk_message_recipient ${dropped(RECIPIENT_COLUMNS)}`);
    await q.query(`ALTER TABLE bulk_message_campaign ${dropped(CAMPAIGN_COLUMNS)}`);
  }
}

function dropped(columns: readonly string[]): string {
  return columns.map((column) => `DROP COLUMN ${nameOf(column)}`).join(', ');
}
