import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The addresses of a contact are found by the contact first. As long as the index began with the tenant, a plan made before the
 * first ANALYZE looked for one address by it and read all addresses of the tenant each time: the import of a new installation
 * took a second for 500 rows.
 */
export class FindAddresses1780000029000 implements MigrationInterface {
  name = 'FindAddresses1780000029000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`DROP INDEX contact_identity_by_contact`);
    await q.query(
      `CREATE INDEX contact_identity_by_contact ON contact_identity (contact_id, channel_type, tenant_id, created_at)`,
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP INDEX contact_identity_by_contact`);
    await q.query(
      `CREATE INDEX contact_identity_by_contact ON contact_identity (tenant_id, contact_id, channel_type, created_at)`,
    );
  }
}
