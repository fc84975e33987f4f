import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Row-level security and grants (docs/adr/0003). `carillon_app` sees the rows of the tenant named in the transaction-local
 * setting app.tenant, and nothing without one. `carillon_worker` sees every tenant, but only the tables that dispatch needs.
 * Neither owns anything, neither may TRUNCATE (it ignores policies), and append-only tables have no UPDATE or DELETE.
 */
const APP_GRANTS: Readonly<Record<string, string>> = {
  tenant: 'SELECT',
  api_key: 'SELECT, INSERT, UPDATE',
  user_communication_permission: 'SELECT, INSERT, UPDATE, DELETE',
  audit_log: 'SELECT, INSERT',
  idempotency_key: 'SELECT, INSERT',
  communication_channel: 'SELECT, INSERT, UPDATE',
  channel_state: 'SELECT, INSERT, UPDATE',
  contact: 'SELECT, INSERT, UPDATE',
  contact_identity: 'SELECT, INSERT, UPDATE, DELETE',
  contact_communication_preference: 'SELECT, INSERT, UPDATE',
  suppression: 'SELECT, INSERT, UPDATE',
  consent_event: 'SELECT, INSERT',
  message_template: 'SELECT, INSERT, UPDATE',
  message_template_version: 'SELECT, INSERT',
  communication_session: 'SELECT, INSERT, UPDATE',
  communication_message: 'SELECT, INSERT, UPDATE',
  message_attempt: 'SELECT',
  message_event: 'SELECT, INSERT, UPDATE (message_id)',
  scheduled_message: 'SELECT, INSERT, UPDATE',
  communication_attachment: 'SELECT, INSERT, UPDATE (message_id)',
  bulk_message_campaign: 'SELECT, INSERT, UPDATE',
  bulk_message_recipient: 'SELECT, INSERT, UPDATE',
  message_automation_rule: 'SELECT, INSERT, UPDATE',
  communication_webhook_log: 'SELECT, INSERT, UPDATE',
  communication_analytics: 'SELECT, INSERT, UPDATE',
  sandbox_message: 'SELECT, INSERT',
  sandbox_event: 'SELECT, INSERT',
};

const WORKER_GRANTS: Readonly<Record<string, string>> = {
  tenant: 'SELECT',
  communication_channel: 'SELECT',
  channel_state: 'SELECT, UPDATE',
  suppression: 'SELECT',
  contact_communication_preference: 'SELECT',
  communication_session: 'SELECT',
  communication_message: 'SELECT, UPDATE',
  message_attempt: 'SELECT, INSERT, UPDATE',
  message_event: 'SELECT, DELETE',
  communication_webhook_log: 'SELECT, UPDATE',
  sandbox_event: 'SELECT, UPDATE, DELETE',
  idempotency_key: 'SELECT, DELETE',
};

/** A sub-select, so that the setting is read once a statement and not once a row; nullif, because SET LOCAL leaves '' behind. */
const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

export class GuardTenants1780000007000 implements MigrationInterface {
  name = 'GuardTenants1780000007000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`GRANT USAGE ON SCHEMA public TO carillon_app, carillon_worker`);
    for (const [table, grants] of Object.entries(APP_GRANTS)) {
      const column = table === 'tenant' ? 'id' : 'tenant_id';
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (${column} = ${CURRENT_TENANT}) WITH CHECK (${column} = ${CURRENT_TENANT})`);
      await q.query(`GRANT ${grants} ON ${table} TO carillon_app`);
    }
    for (const [table, grants] of Object.entries(WORKER_GRANTS)) {
      await q.query(
        `CREATE POLICY all_rows_for_dispatch ON ${table} TO carillon_worker USING (true) WITH CHECK (true)`,
      );
      await q.query(`GRANT ${grants} ON ${table} TO carillon_worker`);
    }
    await q.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON worker TO carillon_worker`);
    await q.query(`GRANT SELECT ON worker TO carillon_app`);
    await this.showRowsToTheirCredential(q);
  }

  /** Before a tenant is known, a row shows itself to whoever presents its secret, and to nobody else. */
  private async showRowsToTheirCredential(q: QueryRunner): Promise<void> {
    await q.query(`CREATE POLICY presented_key ON api_key FOR SELECT TO carillon_app
      USING (key_hash = (SELECT decode(nullif(current_setting('app.credential', true), ''), 'hex')))`);
    await q.query(`CREATE POLICY presented_webhook_key ON communication_channel FOR SELECT TO carillon_app
      USING (webhook_key = (SELECT nullif(current_setting('app.webhook_key', true), '')))`);
    await q.query(`CREATE POLICY presented_account ON communication_channel FOR SELECT TO carillon_app
      USING (provider_type || ':' || account_key = (SELECT nullif(current_setting('app.account', true), '')))`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP POLICY presented_account ON communication_channel`);
    await q.query(`DROP POLICY presented_webhook_key ON communication_channel`);
    await q.query(`DROP POLICY presented_key ON api_key`);
    await q.query(`REVOKE ALL ON worker FROM carillon_app, carillon_worker`);
    for (const table of Object.keys(WORKER_GRANTS)) {
      await q.query(`DROP POLICY all_rows_for_dispatch ON ${table}`);
      await q.query(`REVOKE ALL ON ${table} FROM carillon_worker`);
    }
    for (const table of Object.keys(APP_GRANTS)) {
      await q.query(`DROP POLICY tenant_rows ON ${table}`);
      await q.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
      await q.query(`REVOKE ALL ON ${table} FROM carillon_app`);
    }
    await q.query(`REVOKE USAGE ON SCHEMA public FROM carillon_app, carillon_worker`);
  }
}
