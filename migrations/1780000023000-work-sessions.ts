import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

const OPEN = `status IN ('INITIATED', 'ACTIVE', 'PENDING')`;

const RANKS = `WHEN 'SCHEDULED' THEN 0 WHEN 'QUEUED' THEN 0 WHEN 'SENDING' THEN 1 WHEN 'UNKNOWN' THEN 2
        WHEN 'CANCELLED' THEN 3 WHEN 'SUPPRESSED' THEN 3 WHEN 'EXPIRED' THEN 3 WHEN 'SENT' THEN 4
        WHEN 'DELIVERED' THEN 5 WHEN 'FAILED' THEN 5 WHEN 'READ' THEN 6 WHEN 'RECEIVED' THEN 7`;

const STATUSES = `'SCHEDULED', 'QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'READ', 'FAILED', 'SUPPRESSED', 'CANCELLED',
  'EXPIRED', 'RECEIVED'`;

/** Conversations that people work in: assignees, notes, times to answer, an end after silence, references, moods, canned replies. */
export class WorkSessions1780000023000 implements MigrationInterface {
  name = 'WorkSessions1780000023000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE tenant ADD COLUMN session_settings jsonb NOT NULL DEFAULT '{}'`);
    await q.query(`GRANT UPDATE (session_settings) ON tenant TO carillon_app`);
    await q.query(`ALTER TABLE contact ADD COLUMN external_references jsonb NOT NULL DEFAULT '[]'`);
    await q.query(
      `CREATE INDEX contact_referenced ON contact (tenant_id, id) WHERE external_references <> '[]'::jsonb`,
    );
    await this.sessions(q);
    await this.messages(q);
    await this.cannedReplies(q);
    await this.events(q);
  }

  private async sessions(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE communication_session
      ADD COLUMN external_references jsonb NOT NULL DEFAULT '[]',
      ADD COLUMN first_inbound_at timestamptz,
      ADD COLUMN first_replied_at timestamptz,
      ADD COLUMN waiting_since timestamptz,
      ADD COLUMN due_at timestamptz,
      ADD COLUMN overdue_at timestamptz,
      ADD COLUMN quiet_since timestamptz NOT NULL DEFAULT now(),
      ADD COLUMN sentiment text CHECK (sentiment IN ('POSITIVE', 'NEUTRAL', 'NEGATIVE')),
      ADD COLUMN sentiment_score real CHECK (sentiment_score BETWEEN -1 AND 1),
      ADD COLUMN sentiment_trend text CHECK (sentiment_trend IN ('RISING', 'STEADY', 'FALLING'))`);
    // Until now any UUID could be an assignee. One that is no user of the tenant answers nothing.
    await asOwner(q, ['communication_session', 'tenant_user'], () =>
      q.query(`UPDATE communication_session s SET assigned_to = NULL WHERE assigned_to IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM tenant_user u WHERE u.tenant_id = s.tenant_id AND u.id = s.assigned_to)`),
    );
    await q.query(`ALTER TABLE communication_session ADD CONSTRAINT communication_session_tenant_id_assigned_to_fkey
      FOREIGN KEY (tenant_id, assigned_to) REFERENCES tenant_user (tenant_id, id) ON DELETE SET NULL (assigned_to)`);
    // A bulk send opens a conversation for each recipient. Those that somebody works in are few: these keep them apart.
    await q.query(`CREATE INDEX session_at_work ON communication_session (tenant_id, id)
      WHERE status IN ('ACTIVE', 'PENDING')`);
    await q.query(`CREATE INDEX session_assigned ON communication_session (tenant_id, assigned_to, id)
      WHERE assigned_to IS NOT NULL`);
    await q.query(
      `CREATE INDEX session_labelled ON communication_session (tenant_id, id) WHERE labels <> '{}'::text[]`,
    );
    await q.query(`CREATE INDEX session_referenced ON communication_session (tenant_id, id)
      WHERE external_references <> '[]'::jsonb`);
    await q.query(
      `CREATE INDEX session_waiting ON communication_session (tenant_id, id) WHERE waiting_since IS NOT NULL`,
    );
    await q.query(`CREATE INDEX session_due ON communication_session (due_at)
      WHERE due_at IS NOT NULL AND overdue_at IS DISTINCT FROM due_at`);
    await q.query(`CREATE INDEX session_quiet ON communication_session (tenant_id, quiet_since) WHERE ${OPEN}`);
    // A message that waited for its time and goes now is an answer: the worker that lets it go says so.
    await q.query(`GRANT UPDATE (first_replied_at, waiting_since, due_at, quiet_since, updated_at)
      ON communication_session TO carillon_worker`);
  }

  private async messages(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE communication_message
      DROP CONSTRAINT communication_message_direction_check,
      DROP CONSTRAINT communication_message_status_check,
      ADD CONSTRAINT communication_message_direction_check CHECK (direction IN ('OUTBOUND', 'INBOUND', 'INTERNAL')),
      ADD CONSTRAINT communication_message_status_check CHECK (status IN (${STATUSES}, 'NOTED')),
      ADD CONSTRAINT message_note CHECK ((direction = 'INTERNAL') = (status = 'NOTED')),
      ADD COLUMN sentiment text CHECK (sentiment IN ('POSITIVE', 'NEUTRAL', 'NEGATIVE')),
      ADD COLUMN sentiment_score real CHECK (sentiment_score BETWEEN -1 AND 1),
      ADD COLUMN sentiment_due_at timestamptz`);
    await q.query(`CREATE INDEX message_sentiment_due ON communication_message (sentiment_due_at)
      WHERE sentiment_due_at IS NOT NULL`);
    await this.ranks(q, `${RANKS} WHEN 'NOTED' THEN 7`);
  }

  private async ranks(q: QueryRunner, ranks: string): Promise<void> {
    await q.query(`CREATE OR REPLACE FUNCTION message_status_rank(status text) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $$ SELECT (CASE status ${ranks} END)::smallint $$`);
  }

  private async cannedReplies(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE canned_reply (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      shortcut text NOT NULL,
      text text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, shortcut))`);
    await q.query(`ALTER TABLE canned_reply ENABLE ROW LEVEL SECURITY`);
    await q.query(`ALTER TABLE canned_reply FORCE ROW LEVEL SECURITY`);
    await q.query(`CREATE POLICY tenant_rows ON canned_reply
      USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
    await q.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON canned_reply TO carillon_app`);
  }

  /** What people and conversations are called elsewhere is told of when it changes, as everything else of them. */
  private async events(q: QueryRunner): Promise<void> {
    await q.query(`CREATE FUNCTION tell_references() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO tenant_event (tenant_id, id, type, source, contact_id, data)
        SELECT NEW.tenant_id, new_event_id(), 'contact.updated', 'carillon', NEW.id,
          jsonb_build_object('contactId', NEW.id, 'changed', jsonb_build_array('externalReferences'))
        WHERE EXISTS (SELECT 1 FROM event_interest i WHERE i.tenant_id = NEW.tenant_id AND i.type = 'contact.updated');
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER tell_references AFTER UPDATE ON contact FOR EACH ROW
      WHEN (NEW.deleted_at IS NULL AND OLD.external_references IS DISTINCT FROM NEW.external_references)
      EXECUTE FUNCTION tell_references()`);
    await this.tellSessions(q, 'status, assigned_to, labels, subject, external_references');
  }

  private async tellSessions(q: QueryRunner, fields: string): Promise<void> {
    const of = (row: string) => fields.replace(/\w+/g, (field) => `${row}.${field}`);
    await q.query(`DROP TRIGGER tell_changed ON communication_session`);
    await q.query(`CREATE TRIGGER tell_changed AFTER UPDATE ON communication_session
      FOR EACH ROW WHEN ((${of('OLD')}) IS DISTINCT FROM (${of('NEW')})) EXECUTE FUNCTION tell_session()`);
  }

  async down(q: QueryRunner): Promise<void> {
    await this.tellSessions(q, 'status, assigned_to, labels, subject');
    await q.query(`DROP TRIGGER tell_references ON contact`);
    await q.query(`DROP FUNCTION tell_references()`);
    await q.query(`DROP TABLE canned_reply`);
    await asOwner(q, ['communication_message'], () =>
      q.query(`DELETE FROM communication_message WHERE direction = 'INTERNAL'`),
    );
    await this.ranks(q, RANKS);
    await q.query(`ALTER TABLE communication_message
      DROP COLUMN sentiment, DROP COLUMN sentiment_score, DROP COLUMN sentiment_due_at,
      DROP CONSTRAINT message_note,
      DROP CONSTRAINT communication_message_direction_check,
      DROP CONSTRAINT communication_message_status_check,
      ADD CONSTRAINT communication_message_direction_check CHECK (direction IN ('OUTBOUND', 'INBOUND')),
      ADD CONSTRAINT communication_message_status_check CHECK (status IN (${STATUSES}))`);
    await q.query(`REVOKE UPDATE (first_replied_at, waiting_since, due_at, quiet_since, updated_at)
      ON communication_session FROM carillon_worker`);
    await q.query(`DROP INDEX session_at_work, session_assigned, session_labelled`);
    await q.query(`ALTER TABLE communication_session DROP CONSTRAINT communication_session_tenant_id_assigned_to_fkey, DROP COLUMN external_references,
      DROP COLUMN first_inbound_at, DROP COLUMN first_replied_at, DROP COLUMN waiting_since, DROP COLUMN due_at,
      DROP COLUMN overdue_at, DROP COLUMN quiet_since, DROP COLUMN sentiment, DROP COLUMN sentiment_score,
      DROP COLUMN sentiment_trend`);
    await q.query(`ALTER TABLE contact DROP COLUMN external_references`);
    await q.query(`REVOKE UPDATE (session_settings) ON tenant FROM carillon_app`);
    await q.query(`ALTER TABLE tenant DROP COLUMN session_settings`);
  }
}

/** Row-level security is forced on the owner too, who would see no row here: lifted for the owner, inside this transaction. */
async function asOwner(q: QueryRunner, tables: readonly string[], work: () => Promise<unknown>): Promise<void> {
  for (const table of tables) await q.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await work();
  for (const table of tables) await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}
