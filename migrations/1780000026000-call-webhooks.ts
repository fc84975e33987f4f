import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;
const SET = `nullif(current_setting('app.channel_types', true), '')`;
const EVERY_TYPE = `(SELECT ${SET} IS NULL)`;
const TYPES = `((SELECT ${SET}::text[])::text[])`;

const TABLES = ['webhook_endpoint', 'webhook_delivery', 'webhook_attempt', 'kafka_position'];

/** Addresses of tenants that are told of events, a queue for each, and what came of every call; and how far Kafka was told. */
export class CallWebhooks1780000026000 implements MigrationInterface {
  name = 'CallWebhooks1780000026000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE webhook_endpoint (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      url text NOT NULL,
      description text,
      event_types text[] NOT NULL,
      message_types text[],
      pii_types text[],
      secret text NOT NULL,
      secret_version integer NOT NULL DEFAULT 1,
      old_secret text,
      old_secret_until timestamptz,
      status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'DISABLED')),
      disabled_reason text CHECK (disabled_reason IN ('manual', 'gone', 'failing')),
      disabled_at timestamptz,
      failing_since timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);
    await this.deliveries(q);
    await q.query(`CREATE TABLE kafka_position (
      tenant_id uuid PRIMARY KEY REFERENCES tenant (id),
      seq bigint NOT NULL,
      wanted bigint NOT NULL DEFAULT 1,
      due_at timestamptz DEFAULT now(),
      fence bigint NOT NULL DEFAULT 0)`);
    await q.query(`CREATE INDEX kafka_position_due ON kafka_position (due_at) WHERE due_at IS NOT NULL`);
    for (const table of TABLES) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
    }
    await q.query(`CREATE POLICY channel_types ON webhook_delivery AS RESTRICTIVE TO carillon_app
      USING (coalesce(channel_type = ANY (${TYPES}), true))`);
    await q.query(`CREATE POLICY channel_types ON webhook_attempt AS RESTRICTIVE FOR SELECT TO carillon_app
      USING (${EVERY_TYPE} OR EXISTS (SELECT 1 FROM webhook_delivery d
        WHERE d.tenant_id = webhook_attempt.tenant_id AND d.id = webhook_attempt.delivery_id))`);
    for (const table of ['webhook_endpoint', 'webhook_delivery', 'kafka_position'])
      await q.query(
        `CREATE POLICY all_rows_for_dispatch ON ${table} TO carillon_worker USING (true) WITH CHECK (true)`,
      );
    for (const table of TABLES) await q.query(`GRANT SELECT, INSERT, UPDATE ON ${table} TO carillon_app`);
    await q.query(`GRANT SELECT ON webhook_endpoint TO carillon_worker`);
    await q.query(`GRANT SELECT, UPDATE, DELETE ON webhook_delivery TO carillon_worker`);
    await q.query(`GRANT SELECT, UPDATE ON kafka_position TO carillon_worker`);
  }

  private async deliveries(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE webhook_delivery (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      endpoint_id uuid NOT NULL,
      event_id uuid NOT NULL,
      type text NOT NULL,
      channel_type text CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      contact_id uuid,
      data jsonb NOT NULL,
      at timestamptz NOT NULL,
      status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'DELIVERED', 'FAILED')),
      reason text CHECK (reason IN ('exhausted', 'gone', 'endpoint_disabled', 'endpoint_deleted')),
      tries smallint NOT NULL DEFAULT 0,
      attempts integer NOT NULL DEFAULT 0,
      status_code smallint,
      due_at timestamptz NOT NULL DEFAULT now(),
      fence bigint NOT NULL DEFAULT 0,
      lease_until timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      finished_at timestamptz,
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, endpoint_id, event_id),
      FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoint (tenant_id, id))`);
    // The queues: they are skipped through, so that a look costs as much as there are endpoints with something to tell.
    await q.query(`CREATE INDEX webhook_delivery_due ON webhook_delivery (tenant_id, endpoint_id, due_at)
      WHERE status = 'PENDING'`);
    await q.query(`CREATE INDEX webhook_delivery_held ON webhook_delivery (tenant_id, endpoint_id, lease_until)
      WHERE lease_until IS NOT NULL`);
    await q.query(`CREATE INDEX webhook_delivery_list ON webhook_delivery (tenant_id, endpoint_id, id)`);
    await q.query(`CREATE INDEX webhook_delivery_old ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL`);
    await q.query(`CREATE INDEX webhook_delivery_of_contact ON webhook_delivery (tenant_id, contact_id)
      WHERE contact_id IS NOT NULL`);
    await q.query(`CREATE TABLE webhook_attempt (
      tenant_id uuid NOT NULL,
      delivery_id uuid NOT NULL,
      attempt_no integer NOT NULL,
      fence bigint NOT NULL,
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      duration_ms integer,
      status_code smallint,
      fault text,
      answer text,
      PRIMARY KEY (tenant_id, delivery_id, attempt_no),
      FOREIGN KEY (tenant_id, delivery_id) REFERENCES webhook_delivery (tenant_id, id) ON DELETE CASCADE)`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TABLE kafka_position`);
    await q.query(`DROP TABLE webhook_attempt`);
    await q.query(`DROP TABLE webhook_delivery`);
    await q.query(`DROP TABLE webhook_endpoint`);
  }
}
