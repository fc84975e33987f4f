import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** What the gate has to read at the last moment besides the person's own words, and what it has to remember. */
const READ_BY_DISPATCH = ['contact', 'contact_identity', 'topic'];

/** Topics, frequency caps and quiet hours: what the one gate asks before any message goes out. */
export class AskConsentEverywhere1780000009000 implements MigrationInterface {
  name = 'AskConsentEverywhere1780000009000';

  async up(q: QueryRunner): Promise<void> {
    await this.settings(q);
    await this.functions(q);
    await q.query(`ALTER TABLE communication_message ADD COLUMN reason_rule jsonb`);
    await q.query(`ALTER TABLE contact_communication_preference ADD COLUMN purposes jsonb NOT NULL DEFAULT '{}'`);
    for (const table of READ_BY_DISPATCH) {
      await q.query(
        `CREATE POLICY all_rows_for_dispatch ON ${table} TO carillon_worker USING (true) WITH CHECK (true)`,
      );
      await q.query(`GRANT SELECT ON ${table} TO carillon_worker`);
    }
  }

  private async settings(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE topic (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      name text NOT NULL,
      title text NOT NULL,
      description text,
      is_critical boolean NOT NULL DEFAULT false,
      defaults jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, name))`);

    // Only of tenants that cap: which contact was written to, and when it was last. Forgotten after 31 days.
    await q.query(`CREATE TABLE contact_send (
      tenant_id uuid NOT NULL,
      contact_id uuid NOT NULL,
      message_id uuid NOT NULL,
      purpose text NOT NULL CHECK (purpose IN ('TRANSACTIONAL', 'MARKETING')),
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, contact_id, message_id),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);
    await q.query(`CREATE INDEX contact_send_by_age ON contact_send (at)`);
    for (const [table, grants] of [
      ['topic', 'SELECT, INSERT, UPDATE, DELETE'],
      ['contact_send', 'SELECT'],
    ] as const) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(`GRANT ${grants} ON ${table} TO carillon_app`);
    }
    await q.query(
      `CREATE POLICY all_rows_for_dispatch ON contact_send TO carillon_worker USING (true) WITH CHECK (true)`,
    );
    await q.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON contact_send TO carillon_worker`);

    // 244 random bits a tenant: without them nobody can try out numbers against what remains of an address.
    await q.query(`CREATE FUNCTION random_salt() RETURNS bytea LANGUAGE sql VOLATILE
      AS $$ SELECT decode(replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''), 'hex') $$`);
    await q.query(`ALTER TABLE tenant ADD COLUMN frequency_caps jsonb,
      ADD COLUMN address_salt bytea NOT NULL DEFAULT random_salt()`);
    await q.query(`GRANT UPDATE (frequency_caps, timezone, default_language, updated_at) ON tenant TO carillon_app`);
  }

  private async functions(q: QueryRunner): Promise<void> {
    // What remains of an address after erasure: enough to recognise it when it comes again, not to read it.
    await q.query(`CREATE FUNCTION hidden_address(salt bytea, channel_type text, address text) RETURNS text
      LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $$ SELECT 'sha256:' || encode(sha256(salt || convert_to(channel_type || ':' || address, 'UTF8')), 'hex') $$`);

    // When quiet hours that hold at a moment end; null when none do. A zone that this server does not know counts as UTC.
    await q.query(`CREATE FUNCTION quiet_until(hours jsonb, zone text, moment timestamptz) RETURNS timestamptz
      LANGUAGE plpgsql STABLE AS $$
      DECLARE
        here timestamp;
        opens time := (hours ->> 'start')::time;
        closes time := (hours ->> 'end')::time;
        last_day date;
      BEGIN
        here := moment AT TIME ZONE zone;
        last_day := here::date;
        IF opens < closes THEN
          IF here::time < opens OR here::time >= closes THEN RETURN NULL; END IF;
        ELSIF here::time >= opens THEN last_day := last_day + 1;
        ELSIF here::time >= closes THEN RETURN NULL;
        END IF;
        RETURN greatest((last_day + closes) AT TIME ZONE zone, moment + interval '1 second');
      EXCEPTION WHEN invalid_parameter_value THEN
        IF zone = 'UTC' THEN RAISE; END IF;
        RETURN quiet_until(hours, 'UTC', moment);
      END $$`);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of READ_BY_DISPATCH) {
      await q.query(`DROP POLICY all_rows_for_dispatch ON ${table}`);
      await q.query(`REVOKE ALL ON ${table} FROM carillon_worker`);
    }
    await q.query(`ALTER TABLE contact_communication_preference DROP COLUMN purposes`);
    await q.query(`ALTER TABLE communication_message DROP COLUMN reason_rule`);
    await q.query(`DROP FUNCTION quiet_until(jsonb, text, timestamptz)`);
    await q.query(`DROP FUNCTION hidden_address(bytea, text, text)`);
    await q.query(`REVOKE UPDATE (frequency_caps, timezone, default_language, updated_at) ON tenant FROM carillon_app`);
    await q.query(`ALTER TABLE tenant DROP COLUMN address_salt, DROP COLUMN frequency_caps`);
    await q.query(`DROP FUNCTION random_salt()`);
    await q.query(`DROP TABLE contact_send, topic`);
  }
}
