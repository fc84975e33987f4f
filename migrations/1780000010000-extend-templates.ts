import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of tenants that this migration makes, with what the application may do to them. */
const GRANTS: Readonly<Record<string, string>> = {
  template_layout: 'SELECT, INSERT, UPDATE',
  template_layout_version: 'SELECT, INSERT',
};

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** Layouts that stand around e-mails, short messages in plain letters, and what the provider says of its templates. */
export class ExtendTemplates1780000010000 implements MigrationInterface {
  name = 'ExtendTemplates1780000010000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE template_layout (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      name text NOT NULL,
      version integer NOT NULL DEFAULT 1,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);
    await q.query(
      `CREATE UNIQUE INDEX template_layout_name ON template_layout (tenant_id, name) WHERE deleted_at IS NULL`,
    );

    await q.query(`CREATE TABLE template_layout_version (
      tenant_id uuid NOT NULL,
      layout_id uuid NOT NULL,
      version integer NOT NULL,
      html text NOT NULL,
      created_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, layout_id, version),
      FOREIGN KEY (tenant_id, layout_id) REFERENCES template_layout (tenant_id, id))`);

    await q.query(`ALTER TABLE message_template_version ADD COLUMN layout_id uuid, ADD COLUMN layout_version integer,
      ADD COLUMN sms_transliterate boolean NOT NULL DEFAULT false,
      ADD CHECK ((layout_id IS NULL) = (layout_version IS NULL)),
      ADD FOREIGN KEY (tenant_id, layout_id) REFERENCES template_layout (tenant_id, id)`);
    await q.query(`CREATE INDEX message_template_version_layout ON message_template_version (tenant_id, layout_id)
      WHERE layout_id IS NOT NULL`);

    await q.query(`ALTER TABLE message_template ADD COLUMN approval_status text, ADD COLUMN approval_reason text,
      ADD COLUMN approval_synced_at timestamptz`);

    for (const [table, grants] of Object.entries(GRANTS)) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(`GRANT ${grants} ON ${table} TO carillon_app`);
    }
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE message_template DROP COLUMN approval_status, DROP COLUMN approval_reason,
      DROP COLUMN approval_synced_at`);
    await q.query(`ALTER TABLE message_template_version DROP COLUMN layout_id, DROP COLUMN layout_version,
      DROP COLUMN sms_transliterate`);
    await q.query(`DROP TABLE template_layout_version`);
    await q.query(`DROP TABLE template_layout`);
  }
}
