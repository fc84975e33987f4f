import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** The channel types that a transaction is held to, as an array's text; unset means every one. */
const SET = `nullif(current_setting('app.channel_types', true), '')`;
const EVERY_TYPE = `(SELECT ${SET} IS NULL)`;

const TABLES = ['event_source', 'notification_route', 'notification'];

/** The topics that every tenant begins with: who gets what without having said anything. What is not named is on. */
const TOPICS = `(VALUES
  ('order_confirmation', 'Order confirmations', '{"SMS": false}'),
  ('order_status_update', 'Order updates', '{}'),
  ('promotional', 'Offers', '{"EMAIL": false, "SMS": false, "WHATSAPP": false, "TELEGRAM": false}'),
  ('system_maintenance', 'Maintenance', '{"SMS": false}')) AS d (name, title, defaults)`;

/** Events that come from queues, and notifications that are made of them. */
export class TakeEventsIn1780000027000 implements MigrationInterface {
  name = 'TakeEventsIn1780000027000';

  async up(q: QueryRunner): Promise<void> {
    await this.sources(q);
    await this.notifications(q);
    for (const table of TABLES) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
    }
    await this.topics(q);
  }

  private async sources(q: QueryRunner): Promise<void> {
    // One process at a time consumes a source: whoever holds its lease.
    await q.query(`CREATE TABLE event_source (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      name text NOT NULL,
      kind text NOT NULL CHECK (kind IN ('sns', 'sqs', 'kafka')),
      status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'PAUSED')),
      settings jsonb NOT NULL,
      credentials jsonb NOT NULL DEFAULT '{}',
      credentials_version integer NOT NULL DEFAULT 1,
      source_key text NOT NULL,
      revision integer NOT NULL DEFAULT 1,
      last_message_at timestamptz,
      last_error text,
      last_error_at timestamptz,
      lease_owner uuid,
      lease_until timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id))`);
    await q.query(`CREATE UNIQUE INDEX event_source_name ON event_source (tenant_id, name)`);
    await q.query(`CREATE INDEX event_source_by_key ON event_source (source_key)`);
    await q.query(`CREATE POLICY presented_key ON event_source FOR SELECT TO carillon_app
      USING (source_key = (SELECT nullif(current_setting('app.webhook_key', true), '')))`);
    await q.query(
      `CREATE POLICY all_rows_for_dispatch ON event_source TO carillon_worker USING (true) WITH CHECK (true)`,
    );
    await q.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON event_source TO carillon_app`);
    await q.query(`GRANT SELECT (tenant_id, id, kind, status, revision, lease_owner, lease_until),
      UPDATE (lease_owner, lease_until) ON event_source TO carillon_worker`);
  }

  private async notifications(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE notification_route (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      topic text NOT NULL,
      mode text NOT NULL CHECK (mode IN ('ALL', 'FIRST_REACHABLE')),
      purpose text NOT NULL CHECK (purpose IN ('TRANSACTIONAL', 'MARKETING')),
      channels text[] NOT NULL,
      templates jsonb NOT NULL DEFAULT '{}',
      fallback_minutes integer NOT NULL DEFAULT 60,
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, topic))`);
    // One of an event and topic, so that an event that is handed out again does not notify again.
    await q.query(`CREATE TABLE notification (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      event_id uuid NOT NULL,
      topic text NOT NULL,
      contact_id uuid,
      message_id uuid,
      steps jsonb NOT NULL,
      fallback_until timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);
    await q.query(`CREATE UNIQUE INDEX notification_of_event ON notification (tenant_id, event_id)`);
    await q.query(`CREATE INDEX notification_of_contact ON notification (tenant_id, contact_id)`);
    await q.query(`CREATE INDEX notification_of_message ON notification (tenant_id, message_id)
      WHERE message_id IS NOT NULL`);
    await q.query(`CREATE POLICY channel_types ON notification AS RESTRICTIVE TO carillon_app
      USING (${EVERY_TYPE} OR message_id IS NULL OR EXISTS (SELECT 1 FROM communication_message p
        WHERE p.tenant_id = notification.tenant_id AND p.id = notification.message_id))`);
    await q.query(`GRANT SELECT, INSERT, UPDATE ON notification_route TO carillon_app`);
    await q.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON notification TO carillon_app`);
  }

  /** For whoever is here already and for whoever comes; a topic that a tenant has made stays as it is. */
  private async topics(q: QueryRunner): Promise<void> {
    await q.query(`CREATE FUNCTION begin_with_topics() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO topic (tenant_id, name, title, defaults)
        SELECT NEW.id, d.name, d.title, d.defaults::jsonb FROM ${TOPICS};
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER begin_with_topics AFTER INSERT ON tenant
      FOR EACH ROW EXECUTE FUNCTION begin_with_topics()`);
    await asOwner(q, async () => {
      await q.query(`INSERT INTO topic (tenant_id, name, title, defaults)
        SELECT t.id, d.name, d.title, d.defaults::jsonb FROM tenant t CROSS JOIN ${TOPICS} ON CONFLICT DO NOTHING`);
    });
  }

  /** The topics stay: by now they may be the tenant's own. */
  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TRIGGER begin_with_topics ON tenant`);
    await q.query(`DROP FUNCTION begin_with_topics()`);
    await q.query(`DROP TABLE notification, notification_route, event_source`);
  }
}

/** Row-level security is forced on the owner too, who would see no row here: lifted for the owner, inside this transaction. */
async function asOwner(q: QueryRunner, work: () => Promise<unknown>): Promise<void> {
  for (const table of ['tenant', 'topic']) await q.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await work();
  for (const table of ['tenant', 'topic']) await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}
