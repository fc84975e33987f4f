import type { MigrationInterface, QueryRunner } from 'typeorm';

const ACTIONS = ['OPTED_OUT', 'OPTED_IN', 'COMPLAINED', 'HARD_BOUNCED', 'SUPPRESSED', 'LIFTED'];

/** The proof of consent says from where it was given, for which topic, and which request it answers. */
export class ProveConsent1780000015000 implements MigrationInterface {
  name = 'ProveConsent1780000015000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE consent_event ADD COLUMN topic text, ADD COLUMN request_id uuid, ADD COLUMN ip text,
      ADD COLUMN user_agent text, ADD COLUMN detail jsonb`);
    // Erasure takes out what says who and where; that it was said, and when, stays.
    await q.query(`GRANT UPDATE (ip, user_agent, detail) ON consent_event TO carillon_app`);
    await allow(q, [...ACTIONS, 'OPT_IN_REQUESTED']);
    // A request is made once and answered once, whatever is pressed how often.
    await q.query(`CREATE UNIQUE INDEX consent_event_by_request ON consent_event (tenant_id, request_id, action)
      WHERE request_id IS NOT NULL`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP INDEX consent_event_by_request`);
    // The owner is held to the policies too, and would not see what has to go.
    await q.query(`ALTER TABLE consent_event NO FORCE ROW LEVEL SECURITY`);
    await q.query(`DELETE FROM consent_event WHERE action = 'OPT_IN_REQUESTED'`);
    await q.query(`ALTER TABLE consent_event FORCE ROW LEVEL SECURITY`);
    await allow(q, ACTIONS);
    await q.query(`ALTER TABLE consent_event DROP COLUMN topic, DROP COLUMN request_id, DROP COLUMN ip,
      DROP COLUMN user_agent, DROP COLUMN detail`);
  }
}

async function allow(q: QueryRunner, actions: readonly string[]): Promise<void> {
  await q.query(`ALTER TABLE consent_event DROP CONSTRAINT consent_event_action_check`);
  await q.query(`ALTER TABLE consent_event ADD CONSTRAINT consent_event_action_check
    CHECK (action IN (${actions.map((action) => `'${action}'`).join(', ')}))`);
}
