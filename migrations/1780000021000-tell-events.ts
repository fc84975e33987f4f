import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;
const SET = `nullif(current_setting('app.channel_types', true), '')`;
const TYPES = `((SELECT ${SET}::text[])::text[])`;

/** Everything that happens at a tenant, told by itself or by Carillon, in one stream: what is told commits with what happened. */
export class TellEvents1780000021000 implements MigrationInterface {
  name = 'TellEvents1780000021000';

  async up(q: QueryRunner): Promise<void> {
    await this.tables(q);
    await this.aboutMessages(q);
    await this.aboutSessions(q);
    await this.aboutContacts(q);
  }

  private async tables(q: QueryRunner): Promise<void> {
    // RFC 9562, 5.7: PostgreSQL has uuidv7() from 18 on, and we run on 15.
    await q.query(`CREATE FUNCTION new_event_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
      SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1),
        'hex')::uuid $$`);
    await q.query(`CREATE SEQUENCE tenant_event_seq`);
    await q.query(`CREATE TABLE tenant_event (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      type text NOT NULL,
      source text NOT NULL CHECK (source IN ('api', 'sns', 'sqs', 'kafka', 'rule', 'carillon')),
      event_id text,
      contact_id uuid,
      message_id uuid,
      session_id uuid,
      channel_type text CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      data jsonb NOT NULL DEFAULT '{}',
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'HANDLED', 'FAILED')),
      due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      tries integer NOT NULL DEFAULT 0,
      failure text,
      handled_at timestamptz,
      seq bigint,
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id))`);
    await q.query(
      `CREATE UNIQUE INDEX tenant_event_once ON tenant_event (tenant_id, event_id) WHERE event_id IS NOT NULL`,
    );
    await q.query(`CREATE INDEX tenant_event_due ON tenant_event (tenant_id, due_at, id) WHERE status = 'PENDING'`);
    await q.query(`CREATE INDEX tenant_event_failed ON tenant_event (tenant_id, id) WHERE status = 'FAILED'`);
    await q.query(`CREATE INDEX tenant_event_read ON tenant_event (tenant_id, seq) WHERE seq IS NOT NULL`);
    await q.query(
      `CREATE INDEX tenant_event_of_contact ON tenant_event (tenant_id, contact_id) WHERE contact_id IS NOT NULL`,
    );
    await q.query(`CREATE INDEX tenant_event_old ON tenant_event (created_at)`);
    await q.query(`CREATE TABLE event_interest (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      consumer text NOT NULL,
      type text NOT NULL,
      PRIMARY KEY (tenant_id, type, consumer))`);
    for (const table of ['tenant_event', 'event_interest']) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(
        `CREATE POLICY all_rows_for_dispatch ON ${table} TO carillon_worker USING (true) WITH CHECK (true)`,
      );
    }
    await q.query(`CREATE POLICY channel_types ON tenant_event AS RESTRICTIVE TO carillon_app
      USING (coalesce(channel_type = ANY (${TYPES}), true))`);
    await q.query(`GRANT SELECT, INSERT, UPDATE ON tenant_event TO carillon_app`);
    await q.query(`GRANT SELECT, INSERT, DELETE ON tenant_event TO carillon_worker`);
    await q.query(`GRANT SELECT, INSERT, DELETE ON event_interest TO carillon_app`);
    await q.query(`GRANT SELECT ON event_interest TO carillon_worker`);
    await q.query(`GRANT USAGE ON SEQUENCE tenant_event_seq TO carillon_app`);
  }

  /** One statement's changes at a time, and nothing to do where nobody wants to know: this stands in the way of every dispatch. */
  private async aboutMessages(q: QueryRunner): Promise<void> {
    const about = `SELECT n.tenant_id, new_event_id(), c.type, 'carillon', n.contact_id, n.id, n.session_id, n.channel_type,
        jsonb_build_object('messageId', n.id, 'status', n.status, 'direction', n.direction, 'channelId', n.channel_id,
          'channelType', n.channel_type, 'sessionId', n.session_id, 'contactId', n.contact_id, 'campaignId', n.campaign_id,
          'topic', n.topic, 'clientReference', n.client_reference)`;
    const into = `INSERT INTO tenant_event
      (tenant_id, id, type, source, contact_id, message_id, session_id, channel_type, data)`;
    const wanted = `EXISTS (SELECT 1 FROM event_interest i WHERE i.tenant_id = n.tenant_id AND i.type = c.type)`;
    await q.query(`CREATE FUNCTION tell_new_messages() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT 1 FROM event_interest) THEN
          ${into} ${about} FROM new_rows n CROSS JOIN LATERAL (SELECT 'message.' || lower(n.status) AS type) c WHERE ${wanted};
        END IF;
        RETURN NULL;
      END $$`);
    await q.query(`CREATE FUNCTION tell_changed_messages() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT 1 FROM event_interest) THEN
          ${into} ${about} FROM new_rows n JOIN old_rows o ON o.tenant_id = n.tenant_id AND o.id = n.id
          CROSS JOIN LATERAL (VALUES
            ('message.' || lower(n.status), o.status <> n.status),
            ('message.opened', o.opened_at IS NULL AND n.opened_at IS NOT NULL),
            ('message.clicked', o.clicked_at IS NULL AND n.clicked_at IS NOT NULL),
            ('message.complained', o.complained_at IS NULL AND n.complained_at IS NOT NULL)) c (type, happened)
          WHERE c.happened AND ${wanted};
        END IF;
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER tell_new AFTER INSERT ON communication_message
      REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_new_messages()`);
    await q.query(`CREATE TRIGGER tell_changed AFTER UPDATE ON communication_message
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION tell_changed_messages()`);
  }

  private async aboutSessions(q: QueryRunner): Promise<void> {
    const tell = (type: string) => `INSERT INTO tenant_event
        (tenant_id, id, type, source, contact_id, session_id, channel_type, data)
      SELECT NEW.tenant_id, new_event_id(), ${type}, 'carillon', NEW.contact_id, NEW.id, NEW.channel_type,
        jsonb_build_object('sessionId', NEW.id, 'contactId', NEW.contact_id, 'channelId', NEW.channel_id,
          'channelType', NEW.channel_type, 'status', NEW.status, 'assignedTo', NEW.assigned_to)
      WHERE EXISTS (SELECT 1 FROM event_interest i WHERE i.tenant_id = NEW.tenant_id AND i.type = ${type});`;
    await q.query(`CREATE FUNCTION tell_session() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'INSERT' THEN
          ${tell(`'session.opened'`)}
        ELSIF NEW.status <> OLD.status AND NEW.status IN ('COMPLETED', 'FAILED') THEN
          ${tell(`'session.closed'`)}
        ELSE
          ${tell(`'session.updated'`)}
        END IF;
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER tell_opened AFTER INSERT ON communication_session
      FOR EACH ROW EXECUTE FUNCTION tell_session()`);
    await q.query(`CREATE TRIGGER tell_changed AFTER UPDATE ON communication_session
      FOR EACH ROW WHEN ((OLD.status, OLD.assigned_to, OLD.labels, OLD.subject) IS DISTINCT FROM
        (NEW.status, NEW.assigned_to, NEW.labels, NEW.subject)) EXECUTE FUNCTION tell_session()`);
  }

  /** What changed of a contact is named, and never said: what it is now can be read by whoever may. */
  private async aboutContacts(q: QueryRunner): Promise<void> {
    const tell = (contactId: string, type: string, data: string) => `INSERT INTO tenant_event
        (tenant_id, id, type, source, contact_id, data)
      SELECT told.tenant_id, new_event_id(), ${type}, 'carillon', ${contactId}, jsonb_build_object('contactId', ${contactId}) || ${data}
      WHERE EXISTS (SELECT 1 FROM event_interest i WHERE i.tenant_id = told.tenant_id AND i.type = ${type});`;
    await q.query(`CREATE FUNCTION tell_contact() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        told contact := NEW;
        changed jsonb;
      BEGIN
        IF NOT EXISTS (SELECT 1 FROM event_interest) THEN RETURN NULL; END IF;
        IF TG_OP = 'INSERT' THEN
          ${tell('told.id', `'contact.created'`, `'{}'::jsonb`)}
        ELSIF NEW.deleted_at IS NOT NULL AND OLD.deleted_at IS NULL THEN
          ${tell('told.id', `'contact.deleted'`, `'{}'::jsonb`)}
        -- What is set in the transaction that made it came with it, and is no change.
        ELSIF NEW.deleted_at IS NULL AND NEW.created_at < now() THEN
          SELECT jsonb_agg(c.field ORDER BY c.field) INTO changed FROM (
            SELECT f.field FROM (VALUES ('externalId', OLD.external_id, NEW.external_id), ('name', OLD.name, NEW.name),
              ('language', OLD.language, NEW.language), ('timezone', OLD.timezone, NEW.timezone)) f (field, before, after)
            WHERE f.before IS DISTINCT FROM f.after
            UNION ALL
            SELECT 'attributes.' || coalesce(a.key, b.key) FROM jsonb_each(OLD.attributes) b
            FULL JOIN jsonb_each(NEW.attributes) a ON a.key = b.key WHERE a.value IS DISTINCT FROM b.value) c;
          IF changed IS NOT NULL THEN
            ${tell('told.id', `'contact.updated'`, `jsonb_build_object('changed', changed)`)}
          END IF;
        END IF;
        RETURN NULL;
      END $$`);
    await q.query(`CREATE FUNCTION tell_address() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE
        told contact_identity := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
      BEGIN
        IF NOT EXISTS (SELECT 1 FROM event_interest) THEN RETURN NULL; END IF;
        IF EXISTS (SELECT 1 FROM contact c WHERE c.tenant_id = told.tenant_id AND c.id = told.contact_id
            AND c.deleted_at IS NULL AND c.created_at < now()) THEN
          ${tell('told.contact_id', `'contact.updated'`, `'{"changed": ["addresses"]}'::jsonb`)}
        END IF;
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER tell AFTER INSERT OR UPDATE ON contact FOR EACH ROW EXECUTE FUNCTION tell_contact()`);
    await q.query(`CREATE TRIGGER tell AFTER INSERT OR DELETE ON contact_identity
      FOR EACH ROW EXECUTE FUNCTION tell_address()`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TRIGGER tell ON contact_identity`);
    await q.query(`DROP TRIGGER tell ON contact`);
    await q.query(`DROP TRIGGER tell_opened ON communication_session`);
    await q.query(`DROP TRIGGER tell_changed ON communication_session`);
    await q.query(`DROP TRIGGER tell_new ON communication_message`);
    await q.query(`DROP TRIGGER tell_changed ON communication_message`);
    for (const name of ['tell_address', 'tell_contact', 'tell_session', 'tell_changed_messages', 'tell_new_messages'])
      await q.query(`DROP FUNCTION ${name}()`);
    await q.query(`DROP TABLE event_interest, tenant_event`);
    await q.query(`DROP SEQUENCE tenant_event_seq`);
    await q.query(`DROP FUNCTION new_event_id()`);
  }
}
