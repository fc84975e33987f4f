import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of tenants that this migration makes, with what each login may do to them. */
const GRANTS: Readonly<Record<string, { app: string; worker: string }>> = {
  communication_file: { app: 'SELECT, INSERT, UPDATE (uses)', worker: 'SELECT, UPDATE (uses), DELETE' },
  file_removal: { app: 'SELECT, INSERT, UPDATE (due_at), DELETE', worker: 'SELECT, INSERT, UPDATE, DELETE' },
};

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** Bytes of files leave the database: a row says under which key they lie, and how many attachments have the same ones. */
export class KeepFilesInStorage1780000013000 implements MigrationInterface {
  name = 'KeepFilesInStorage1780000013000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE communication_file (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      sha256 bytea NOT NULL,
      storage_key text NOT NULL,
      size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
      uses integer NOT NULL CHECK (uses >= 0),
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, sha256))`);
    await q.query(`CREATE INDEX file_unused ON communication_file (tenant_id, id) WHERE uses = 0`);

    // Keys at which something lies, or may lie, that no row needs: written down before the bytes are.
    await q.query(`CREATE TABLE file_removal (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      storage_key text NOT NULL,
      attempts smallint NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL,
      PRIMARY KEY (tenant_id, storage_key))`);
    await q.query(`CREATE INDEX file_removal_due ON file_removal (due_at)`);

    await this.extendAttachments(q);
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

  /** The content is in the row until it was brought to the storage, in a file from then on, and gone after its time. */
  private async extendAttachments(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE communication_attachment ALTER COLUMN content DROP NOT NULL,
      ADD COLUMN file_id uuid,
      ADD COLUMN used_at timestamptz NOT NULL DEFAULT now(),
      ADD COLUMN removed_at timestamptz,
      ADD FOREIGN KEY (tenant_id, file_id) REFERENCES communication_file (tenant_id, id),
      ADD CHECK (num_nonnulls(content, file_id, removed_at) = 1)`);
    await q.query(`UPDATE communication_attachment SET used_at = created_at`);
    await q.query(`CREATE INDEX attachment_old ON communication_attachment (used_at) WHERE removed_at IS NULL`);
    await q.query(`CREATE INDEX attachment_to_store ON communication_attachment (created_at)
      WHERE file_id IS NULL AND removed_at IS NULL`);
    await q.query(`CREATE INDEX message_waiting_with_files ON communication_message USING gin ((content -> 'attachmentIds'))
      WHERE status IN ('QUEUED', 'SCHEDULED', 'SENDING', 'UNKNOWN') AND content ? 'attachmentIds'`);
    await q.query(`GRANT UPDATE (used_at, file_id) ON communication_attachment TO carillon_app`);
    // The worker sees which files there are, and may empty them; it does not read what is in them.
    await q.query(`GRANT SELECT (tenant_id, id, file_id, created_at, used_at, removed_at),
      UPDATE (content, file_id, removed_at) ON communication_attachment TO carillon_worker`);
    await q.query(`CREATE POLICY all_rows_for_dispatch ON communication_attachment TO carillon_worker
      USING (true) WITH CHECK (true)`);
  }

  /** What lies in the storage cannot be brought back from here: the rows of such files are emptied. */
  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP POLICY all_rows_for_dispatch ON communication_attachment`);
    await q.query(`REVOKE SELECT (tenant_id, id, file_id, created_at, used_at, removed_at),
      UPDATE (content, file_id, removed_at) ON communication_attachment FROM carillon_worker`);
    await q.query(`REVOKE UPDATE (used_at, file_id) ON communication_attachment FROM carillon_app`);
    await q.query(`DROP INDEX message_waiting_with_files`);
    await q.query(
      `ALTER TABLE communication_attachment DROP COLUMN file_id, DROP COLUMN used_at, DROP COLUMN removed_at`,
    );
    await q.query(`UPDATE communication_attachment SET content = '' WHERE content IS NULL`);
    await q.query(`ALTER TABLE communication_attachment ALTER COLUMN content SET NOT NULL`);
    for (const table of Object.keys(GRANTS)) await q.query(`DROP TABLE ${table}`);
  }
}
