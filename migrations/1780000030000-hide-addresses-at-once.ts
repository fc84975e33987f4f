import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * convert_to() is STABLE, and PostgreSQL does not put a function that calls itself IMMUTABLE in place where it would promise
 * more than its parts: each message that went out called hidden_address as a statement of its own, for 4 µs.
 */
export class HideAddressesAtOnce1780000030000 implements MigrationInterface {
  name = 'HideAddressesAtOnce1780000030000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER FUNCTION hidden_address(bytea, text, text) STABLE`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`ALTER FUNCTION hidden_address(bytea, text, text) IMMUTABLE`);
  }
}
