import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which call an attempt shared with others: all of them have the same fate where nobody knows it. */
export class SendBatches1780000019000 implements MigrationInterface {
  name = 'SendBatches1780000019000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE message_attempt ADD COLUMN batch_id uuid`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE message_attempt DROP COLUMN batch_id`);
  }
}
