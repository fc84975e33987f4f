import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of tenants that this migration makes, with what each login may do to them. */
const GRANTS: Readonly<Record<string, { app: string; worker: string }>> = {
  inbound_part: { app: 'SELECT, INSERT, DELETE', worker: 'SELECT' },
  price_due: { app: 'SELECT, INSERT, DELETE', worker: 'SELECT, UPDATE' },
  inbound_media: { app: 'SELECT, INSERT, DELETE, UPDATE', worker: 'SELECT, UPDATE' },
};

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** What providers need that are asked for events, keep files for us, or deliver long texts in parts. */
export class ServeMoreProviders1780000008000 implements MigrationInterface {
  name = 'ServeMoreProviders1780000008000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE channel_state ADD COLUMN polled_until timestamptz, ADD COLUMN poll_due_at timestamptz,
      ADD COLUMN register_due_at timestamptz, ADD COLUMN register_attempts smallint NOT NULL DEFAULT 0`);
    await q.query(
      `CREATE INDEX channel_to_register ON channel_state (register_due_at) WHERE register_due_at IS NOT NULL`,
    );

    // Where a provider signs a token and not the body, each token is taken once.
    await q.query(`ALTER TABLE communication_webhook_log ADD COLUMN once_key text`);
    await q.query(`CREATE UNIQUE INDEX webhook_once ON communication_webhook_log (tenant_id, channel_id, once_key)
      WHERE once_key IS NOT NULL`);

    // Parts of a text message that came in, until all are there.
    await q.query(`CREATE TABLE inbound_part (
      tenant_id uuid NOT NULL,
      channel_id uuid NOT NULL,
      sender text NOT NULL,
      reference text NOT NULL,
      part smallint NOT NULL,
      event jsonb NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, channel_id, sender, reference, part),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id))`);
    await q.query(`CREATE INDEX inbound_part_waiting ON inbound_part (received_at)`);

    // Files that people sent and that the provider still has to hand out.
    await q.query(`CREATE TABLE inbound_media (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      message_id uuid NOT NULL,
      channel_id uuid NOT NULL,
      ref text NOT NULL,
      attempts smallint NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id))`);
    await q.query(`CREATE INDEX inbound_media_due ON inbound_media (due_at)`);

    // Messages whose price the provider tells only when it is asked, some time later.
    await q.query(`CREATE TABLE price_due (
      tenant_id uuid NOT NULL,
      message_id uuid NOT NULL,
      attempts smallint NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL,
      PRIMARY KEY (tenant_id, message_id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);
    await q.query(`CREATE INDEX price_due_next ON price_due (due_at)`);

    for (const [table, { app, worker }] of Object.entries(GRANTS)) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(
        `CREATE POLICY all_rows_for_dispatch ON ${table} TO carillon_worker USING (true) WITH CHECK (true)`,
      );
      await q.query(`GRANT ${app} ON ${table} TO carillon_app`);
      await q.query(`GRANT ${worker} ON ${table} TO carillon_worker`);
    }
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of Object.keys(GRANTS)) await q.query(`DROP TABLE ${table}`);
    await q.query(`DROP INDEX webhook_once`);
    await q.query(`ALTER TABLE communication_webhook_log DROP COLUMN once_key`);
    await q.query(`ALTER TABLE channel_state DROP COLUMN polled_until, DROP COLUMN poll_due_at,
      DROP COLUMN register_due_at, DROP COLUMN register_attempts`);
  }
}
