import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** The channel types that a transaction is held to, as an array's text; unset means every one. */
const SET = `nullif(current_setting('app.channel_types', true), '')`;
const EVERY_TYPE = `(SELECT ${SET} IS NULL)`;
const TYPES = `((SELECT ${SET}::text[])::text[])`;

const OF_A_TYPE = [
  'communication_channel',
  'communication_session',
  'communication_message',
  'message_template',
  'suppression',
  'consent_event',
];

/** Tables whose rows belong to a row of another: they show themselves where that one does. */
const OF_A_ROW: Readonly<Record<string, readonly [column: string, parent: string]>> = {
  channel_state: ['channel_id', 'communication_channel'],
  message_attempt: ['message_id', 'communication_message'],
  message_event: ['channel_id', 'communication_channel'],
  scheduled_message: ['message_id', 'communication_message'],
  communication_attachment: ['message_id', 'communication_message'],
  message_template_version: ['template_id', 'message_template'],
  bulk_message_campaign: ['channel_id', 'communication_channel'],
  bulk_message_recipient: ['campaign_id', 'bulk_message_campaign'],
  communication_webhook_log: ['channel_id', 'communication_channel'],
  communication_analytics: ['channel_id', 'communication_channel'],
  sandbox_message: ['channel_id', 'communication_channel'],
};

const NEW_TABLES: Readonly<Record<string, string>> = {
  tenant_user: 'SELECT, INSERT, UPDATE, DELETE',
  audit_chain: 'SELECT, INSERT, UPDATE',
};

/** Permissions whose answers carry personal data: whoever has one today goes on seeing what it shows. */
const READS_OF_PEOPLE = `ARRAY['messages:send', 'messages:read', 'contacts:read', 'contacts:manage', 'campaigns:read',
  'campaigns:manage', 'automation:read', 'automation:manage', 'templates:read', 'access:manage']`;

/** Users of a tenant, rights by channel type behind the guard, and an audit log whose lines are chained to each other. */
export class GuardAccess1780000014000 implements MigrationInterface {
  name = 'GuardAccess1780000014000';

  async up(q: QueryRunner): Promise<void> {
    const old = ['api_key', 'user_communication_permission', 'audit_log'];
    await asOwner(q, old, async () => {
      await this.users(q);
      await this.chain(q);
      await q.query(`UPDATE api_key SET scopes = scopes || '{contacts:pii}'
        WHERE scopes && ${READS_OF_PEOPLE} AND NOT '*' = ANY(scopes)`);
    });
    for (const [table, grants] of Object.entries(NEW_TABLES)) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(`GRANT ${grants} ON ${table} TO carillon_app`);
    }
    await this.channelTypes(q);
  }

  private async users(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE tenant_user (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      issuer text NOT NULL,
      subject text NOT NULL,
      email text,
      name text,
      status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'DISABLED')),
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, issuer, subject))`);
    // Until now any UUID named a user: those that were used become users who cannot sign in.
    await q.query(`INSERT INTO tenant_user (tenant_id, id, issuer, subject)
      SELECT tenant_id, user_id, 'local', user_id::text FROM user_communication_permission
      UNION SELECT tenant_id, user_id, 'local', user_id::text FROM api_key WHERE user_id IS NOT NULL`);
    await q.query(`ALTER TABLE user_communication_permission ADD
      FOREIGN KEY (tenant_id, user_id) REFERENCES tenant_user (tenant_id, id) ON DELETE CASCADE`);
  }

  private async chain(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE audit_chain (
      tenant_id uuid PRIMARY KEY REFERENCES tenant (id),
      seq bigint NOT NULL,
      hash bytea NOT NULL)`);
    // Time in microseconds, so that neither time zone nor format of the session is in the hash.
    await q.query(`CREATE FUNCTION audit_line_hash(prev bytea, tenant_id uuid, seq bigint, id uuid, at timestamptz,
        actor text, action text, resource text, resource_id text, detail jsonb) RETURNS bytea LANGUAGE sql STABLE
      AS $$ SELECT sha256(prev || convert_to(jsonb_build_array(tenant_id, seq, id,
        (extract(epoch FROM at) * 1000000)::bigint, actor, action, resource, resource_id, detail)::text, 'UTF8')) $$`);
    await q.query(`ALTER TABLE audit_log ADD COLUMN seq bigint, ADD COLUMN prev_hash bytea, ADD COLUMN hash bytea`);
    await q.query(`DO $$
      DECLARE line audit_log; prior bytea; place bigint; tenant uuid;
      BEGIN
        FOR line IN SELECT * FROM audit_log ORDER BY tenant_id, id LOOP
          IF tenant IS DISTINCT FROM line.tenant_id THEN
            tenant := line.tenant_id; place := 0; prior := '\\x'::bytea;
          END IF;
          place := place + 1;
          UPDATE audit_log l SET seq = place, prev_hash = prior, hash = audit_line_hash(prior, l.tenant_id, place, l.id, l.at,
            l.actor, l.action, l.resource, l.resource_id, l.detail)
          WHERE l.tenant_id = line.tenant_id AND l.id = line.id RETURNING l.hash INTO prior;
        END LOOP;
      END $$`);
    await q.query(`INSERT INTO audit_chain (tenant_id, seq, hash)
      SELECT DISTINCT ON (tenant_id) tenant_id, seq, hash FROM audit_log ORDER BY tenant_id, seq DESC`);
    await q.query(`ALTER TABLE audit_log ALTER COLUMN seq SET NOT NULL, ALTER COLUMN prev_hash SET NOT NULL,
      ALTER COLUMN hash SET NOT NULL, ADD CONSTRAINT audit_log_place CHECK (seq > 0),
      ADD CONSTRAINT audit_log_seq UNIQUE (tenant_id, seq)`);
  }

  private async channelTypes(q: QueryRunner): Promise<void> {
    const restrict = (table: string, shown: string) =>
      q.query(
        `CREATE POLICY channel_types ON ${table} AS RESTRICTIVE TO carillon_app USING (${EVERY_TYPE} OR ${shown})`,
      );
    for (const table of OF_A_TYPE) await restrict(table, `channel_type = ANY (${TYPES})`);
    for (const [table, [column, parent]] of Object.entries(OF_A_ROW))
      await restrict(
        table,
        `${column} IS NULL OR EXISTS (SELECT 1 FROM ${parent} p WHERE p.tenant_id = ${table}.tenant_id AND p.id = ${table}.${column})`,
      );
    // A rule is of no type by itself; it is shown to whoever may see all that its steps send.
    await restrict(
      'message_automation_rule',
      `NOT EXISTS (SELECT 1 FROM jsonb_array_elements(steps) step WHERE step ->> 'channelType' <> ALL (${TYPES})
         OR (step ->> 'channelId' IS NOT NULL AND NOT EXISTS (SELECT 1 FROM communication_channel p
           WHERE p.tenant_id = message_automation_rule.tenant_id AND p.id = (step ->> 'channelId')::uuid)))`,
    );
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of [...OF_A_TYPE, ...Object.keys(OF_A_ROW), 'message_automation_rule'])
      await q.query(`DROP POLICY channel_types ON ${table}`);
    await asOwner(q, ['api_key'], () =>
      q.query(`UPDATE api_key SET scopes = array_remove(scopes, 'contacts:pii') WHERE 'contacts:pii' = ANY(scopes)`),
    );
    await q.query(`ALTER TABLE audit_log DROP COLUMN seq, DROP COLUMN prev_hash, DROP COLUMN hash`);
    await q.query(`DROP FUNCTION audit_line_hash`);
    await q.query(
      `ALTER TABLE user_communication_permission DROP CONSTRAINT user_communication_permission_tenant_id_user_id_fkey`,
    );
    for (const table of Object.keys(NEW_TABLES)) await q.query(`DROP TABLE ${table}`);
  }
}

/** Row-level security is forced on the owner too, who would see no row here: lifted for the owner, inside this transaction. */
async function asOwner(q: QueryRunner, tables: readonly string[], work: () => Promise<unknown>): Promise<void> {
  for (const table of tables) await q.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await work();
  for (const table of tables) await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}
