import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** The channel types that a transaction is held to, as an array's text; unset means every one. */
const SET = `nullif(current_setting('app.channel_types', true), '')`;
const EVERY_TYPE = `(SELECT ${SET} IS NULL)`;
const TYPES = `((SELECT ${SET}::text[])::text[])`;

const CHANGED = ['scheduled_message', 'communication_message'];

/** Schedules that fire by a clock, once an occurrence, and an installation that notices that it was restored. */
export class FireSchedules1780000017000 implements MigrationInterface {
  name = 'FireSchedules1780000017000';

  async up(q: QueryRunner): Promise<void> {
    await this.schedules(q);
    await this.occurrences(q);
    await q.query(`ALTER TABLE installation ADD COLUMN identity text, ADD COLUMN epoch bigint NOT NULL DEFAULT 0`);
    await q.query(`GRANT SELECT ON installation TO carillon_app`);
  }

  private async schedules(q: QueryRunner): Promise<void> {
    // A recurring one has no message yet: it keeps for whom and on which channel type by itself.
    await q.query(`ALTER TABLE scheduled_message
      ADD COLUMN channel_type text CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      ADD COLUMN to_address text,
      ADD COLUMN contact_id uuid,
      ADD COLUMN local_at text,
      ADD COLUMN grace_seconds integer NOT NULL DEFAULT 3600 CHECK (grace_seconds >= 0),
      ADD FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id)`);
    await asOwner(q, async () => {
      await q.query(`UPDATE scheduled_message s SET channel_type = m.channel_type,
          next_at = CASE WHEN m.status = 'SCHEDULED' THEN s.next_at END,
          status = CASE WHEN m.status = 'SCHEDULED' OR s.status <> 'ACTIVE' THEN s.status ELSE 'COMPLETED' END
        FROM communication_message m WHERE m.tenant_id = s.tenant_id AND m.id = s.message_id`);
    });
    await q.query(`ALTER TABLE scheduled_message ALTER COLUMN channel_type SET NOT NULL`);
    await q.query(`CREATE INDEX scheduled_message_due ON scheduled_message (next_at)
      WHERE status = 'ACTIVE' AND next_at IS NOT NULL`);
    await q.query(`CREATE INDEX scheduled_message_recurring ON scheduled_message (tenant_id, id)
      WHERE recurrence IS NOT NULL`);
    await q.query(`DROP POLICY channel_types ON scheduled_message`);
    await q.query(`CREATE POLICY channel_types ON scheduled_message AS RESTRICTIVE TO carillon_app
      USING (coalesce(channel_type = ANY (${TYPES}), true))`);
    await q.query(
      `CREATE POLICY all_rows_for_dispatch ON scheduled_message TO carillon_worker USING (true) WITH CHECK (true)`,
    );
    await q.query(`GRANT SELECT, UPDATE ON scheduled_message TO carillon_worker`);
  }

  private async occurrences(q: QueryRunner): Promise<void> {
    // The primary key is the promise: an occurrence is written once, in the commit that acts on it.
    await q.query(`CREATE TABLE schedule_occurrence (
      tenant_id uuid NOT NULL,
      schedule_id uuid NOT NULL,
      occurrence_at timestamptz NOT NULL,
      outcome text NOT NULL CHECK (outcome IN ('FIRED', 'MISSED', 'FAILED')),
      times integer NOT NULL DEFAULT 1 CHECK (times >= 1),
      reason_code text,
      reason_detail text,
      message_id uuid,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (tenant_id, schedule_id, occurrence_at),
      FOREIGN KEY (tenant_id, schedule_id) REFERENCES scheduled_message (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);
    await q.query(`ALTER TABLE schedule_occurrence ENABLE ROW LEVEL SECURITY`);
    await q.query(`ALTER TABLE schedule_occurrence FORCE ROW LEVEL SECURITY`);
    await q.query(`CREATE POLICY tenant_rows ON schedule_occurrence
      USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
    await q.query(`CREATE POLICY channel_types ON schedule_occurrence AS RESTRICTIVE TO carillon_app
      USING (${EVERY_TYPE} OR EXISTS (SELECT 1 FROM scheduled_message p
        WHERE p.tenant_id = schedule_occurrence.tenant_id AND p.id = schedule_occurrence.schedule_id))`);
    await q.query(
      `CREATE POLICY all_rows_for_dispatch ON schedule_occurrence TO carillon_worker USING (true) WITH CHECK (true)`,
    );
    // Erasure takes out the words; that it fired, and when, stays.
    await q.query(`GRANT SELECT, INSERT, UPDATE (reason_detail) ON schedule_occurrence TO carillon_app`);
    await q.query(`GRANT INSERT ON schedule_occurrence TO carillon_worker`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`REVOKE SELECT ON installation FROM carillon_app`);
    await q.query(`ALTER TABLE installation DROP COLUMN identity, DROP COLUMN epoch`);
    await q.query(`DROP TABLE schedule_occurrence`);
    await q.query(`REVOKE SELECT, UPDATE ON scheduled_message FROM carillon_worker`);
    await q.query(`DROP POLICY all_rows_for_dispatch ON scheduled_message`);
    await q.query(`DROP POLICY channel_types ON scheduled_message`);
    await q.query(`DROP INDEX scheduled_message_due, scheduled_message_recurring`);
    // Without its message a schedule means nothing to what was here before.
    await asOwner(q, async () => {
      await q.query(`DELETE FROM scheduled_message WHERE message_id IS NULL`);
      await q.query(`UPDATE scheduled_message SET status = 'ACTIVE' WHERE status IN ('PAUSED', 'COMPLETED', 'MISSED')`);
      await q.query(`UPDATE communication_message m SET due_at = m.scheduled_at
        WHERE m.status = 'SCHEDULED' AND m.due_at = 'infinity'`);
    });
    await q.query(`ALTER TABLE scheduled_message DROP COLUMN channel_type, DROP COLUMN to_address, DROP COLUMN contact_id,
      DROP COLUMN local_at, DROP COLUMN grace_seconds`);
    await q.query(`CREATE POLICY channel_types ON scheduled_message AS RESTRICTIVE FOR SELECT TO carillon_app
      USING (${EVERY_TYPE} OR message_id IS NULL OR EXISTS (SELECT 1 FROM communication_message p
        WHERE p.tenant_id = scheduled_message.tenant_id AND p.id = scheduled_message.message_id))`);
  }
}

/** Row-level security is forced on the owner too, who would see no row here: lifted for the owner, inside this transaction. */
async function asOwner(q: QueryRunner, work: () => Promise<unknown>): Promise<void> {
  for (const table of CHANGED) await q.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await work();
  for (const table of CHANGED) await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}
