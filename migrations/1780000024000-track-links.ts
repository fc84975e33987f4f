import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Links and an open pixel of our own, off until they are asked for; and openings by machines apart from those by people. */
export class TrackLinks1780000024000 implements MigrationInterface {
  name = 'TrackLinks1780000024000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE communication_message
      ADD COLUMN machine_opened_at timestamptz,
      ADD COLUMN track_clicks boolean NOT NULL DEFAULT false,
      ADD COLUMN track_opens boolean NOT NULL DEFAULT false`);
    await q.query(`ALTER TABLE tenant
      ADD COLUMN track_clicks boolean NOT NULL DEFAULT false,
      ADD COLUMN track_opens boolean NOT NULL DEFAULT false,
      ADD COLUMN untracked_attribute text`);
    await q.query(`ALTER TABLE bulk_message_campaign ADD COLUMN track_clicks boolean, ADD COLUMN track_opens boolean`);
    await q.query(`GRANT UPDATE (track_clicks, track_opens, untracked_attribute) ON tenant TO carillon_app`);
    // A click that turns out to be a scanner's gives its key back, so that the person's own click still counts.
    await q.query(`GRANT UPDATE (event_key) ON message_event TO carillon_app`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`REVOKE UPDATE (event_key) ON message_event FROM carillon_app`);
    await q.query(`ALTER TABLE bulk_message_campaign DROP COLUMN track_clicks, DROP COLUMN track_opens`);
    await q.query(
      `ALTER TABLE tenant DROP COLUMN track_clicks, DROP COLUMN track_opens, DROP COLUMN untracked_attribute`,
    );
    await q.query(`ALTER TABLE communication_message
      DROP COLUMN machine_opened_at, DROP COLUMN track_clicks, DROP COLUMN track_opens`);
  }
}
