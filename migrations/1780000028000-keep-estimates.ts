import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a bulk send was expected to cost when it was started, to stand beside what it has cost. */
export class KeepEstimates1780000028000 implements MigrationInterface {
  name = 'KeepEstimates1780000028000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE bulk_message_campaign ADD COLUMN estimated_cost jsonb`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE bulk_message_campaign DROP COLUMN estimated_cost`);
  }
}
