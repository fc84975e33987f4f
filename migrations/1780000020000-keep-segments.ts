import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** Audiences that are kept by name. */
export class KeepSegments1780000020000 implements MigrationInterface {
  name = 'KeepSegments1780000020000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE segment (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      name text NOT NULL,
      condition jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);
    await q.query(`CREATE UNIQUE INDEX segment_name ON segment (tenant_id, name) WHERE deleted_at IS NULL`);
    await q.query(`ALTER TABLE segment ENABLE ROW LEVEL SECURITY`);
    await q.query(`ALTER TABLE segment FORCE ROW LEVEL SECURITY`);
    await q.query(`CREATE POLICY tenant_rows ON segment
      USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
    await q.query(`GRANT SELECT, INSERT, UPDATE ON segment TO carillon_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TABLE segment`);
  }
}
