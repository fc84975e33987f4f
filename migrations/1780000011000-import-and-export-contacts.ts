import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of tenants that this migration makes, with what the application's login may do to them. */
const GRANTS: Readonly<Record<string, string>> = {
  contact_import: 'SELECT, INSERT, UPDATE',
  contact_import_error: 'SELECT, INSERT',
  contact_export: 'SELECT, INSERT, UPDATE',
};

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** Contacts in and out by file: what was asked for, how far it is, and which rows were refused. */
export class ImportAndExportContacts1780000011000 implements MigrationInterface {
  name = 'ImportAndExportContacts1780000011000';

  async up(q: QueryRunner): Promise<void> {
    // bytes_read and rows are the cursor: they move in the commit that stores the rows before them.
    await q.query(`CREATE TABLE contact_import (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
      reason_code text,
      reason_detail text,
      delimiter text NOT NULL,
      on_conflict text NOT NULL CHECK (on_conflict IN ('update', 'skip')),
      columns text[] NOT NULL,
      bytes_total bigint NOT NULL,
      bytes_read bigint NOT NULL DEFAULT 0,
      rows integer NOT NULL DEFAULT 0,
      created integer NOT NULL DEFAULT 0,
      updated integer NOT NULL DEFAULT 0,
      skipped integer NOT NULL DEFAULT 0,
      failed integer NOT NULL DEFAULT 0,
      idle_starts smallint NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      finished_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);

    await q.query(`CREATE TABLE contact_import_error (
      tenant_id uuid NOT NULL,
      import_id uuid NOT NULL,
      row_no integer NOT NULL,
      column_no smallint NOT NULL,
      column_name text,
      message text NOT NULL,
      PRIMARY KEY (tenant_id, import_id, row_no, column_no),
      FOREIGN KEY (tenant_id, import_id) REFERENCES contact_import (tenant_id, id))`);

    await q.query(`CREATE TABLE contact_export (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'EXPIRED')),
      reason_code text,
      reason_detail text,
      filter jsonb NOT NULL,
      rows integer,
      bytes bigint,
      starts smallint NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      finished_at timestamptz,
      expires_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);

    for (const [table, grants] of Object.entries(GRANTS)) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(`GRANT ${grants} ON ${table} TO carillon_app`);
    }
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of ['contact_export', 'contact_import_error', 'contact_import'])
      await q.query(`DROP TABLE ${table}`);
  }
}
