import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;
const SET = `nullif(current_setting('app.channel_types', true), '')`;
const OF_SHOWN_TYPES = `coalesce(channel_type = ANY ((SELECT ${SET}::text[])::text[]), true)`;
const OF_SHOWN_CHANNELS = `(SELECT ${SET} IS NULL) OR channel_id IS NULL OR EXISTS (SELECT 1 FROM communication_channel p
  WHERE p.tenant_id = communication_analytics.tenant_id AND p.id = communication_analytics.channel_id)`;

const FACTS = ['sent', 'delivered', 'read', 'failed', 'opened', 'machine_opened', 'clicked', 'replied', 'unsubscribed'];
const FIGURES = `${[...FACTS, 'complained'].map((fact) => `${fact} bigint NOT NULL DEFAULT 0`).join(', ')},
  cost_currency text, cost_amount numeric NOT NULL DEFAULT 0, answer_bins smallint[], answer_counts bigint[]`;
const CHANNEL_TYPE = `text NOT NULL CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM'))`;

const GRANTS: Readonly<Record<string, { app: string; worker?: string }>> = {
  analytics_quarter: { app: 'SELECT, INSERT, DELETE' },
  analytics_total: { app: 'SELECT, INSERT, DELETE' },
  analytics_due: { app: 'SELECT, INSERT, DELETE', worker: 'SELECT, INSERT' },
  analytics_state: { app: 'SELECT, INSERT, UPDATE', worker: 'SELECT' },
};

const QUARTER = (at: string) => `date_bin('15 minutes', ${at}, timestamptz '2000-01-01 00:00:00Z')`;

/** Messages that statistics may know already: those before their first call count nowhere, so that a claim marks nothing. */
const COUNTS = (m: string) => `(${m}.status NOT IN ('QUEUED', 'SENDING', 'SCHEDULED') OR num_nonnulls(${m}.sent_at,
  ${m}.delivered_at, ${m}.read_at, ${m}.opened_at, ${m}.clicked_at, ${m}.complained_at, ${m}.cost_amount) > 0)`;

/** Figures of messages by quarter of an hour and by day, and the list of quarters that have to be counted again. */
export class RollUpAnalytics1780000022000 implements MigrationInterface {
  name = 'RollUpAnalytics1780000022000';

  async up(q: QueryRunner): Promise<void> {
    await this.days(q);
    await q.query(`CREATE TABLE analytics_quarter (
      tenant_id uuid NOT NULL,
      at timestamptz NOT NULL,
      line integer NOT NULL,
      channel_id uuid,
      channel_type ${CHANNEL_TYPE},
      provider_type text,
      template_id uuid,
      campaign_id uuid,
      ${FIGURES},
      PRIMARY KEY (tenant_id, at, line),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id))`);
    await q.query(`CREATE TABLE analytics_total (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      minutes smallint NOT NULL CHECK (minutes IN (15, 60)),
      at timestamptz NOT NULL,
      line integer NOT NULL,
      channel_type ${CHANNEL_TYPE},
      ${FIGURES},
      PRIMARY KEY (tenant_id, minutes, at, line))`);
    // No reference to the tenant: it would be a lock on one row, taken by every message.
    await q.query(`CREATE TABLE analytics_due (
      tenant_id uuid NOT NULL,
      at timestamptz NOT NULL,
      id bigint GENERATED ALWAYS AS IDENTITY,
      marked_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, at, id))`);
    await q.query(`CREATE TABLE analytics_state (
      tenant_id uuid PRIMARY KEY REFERENCES tenant (id),
      timezone text NOT NULL,
      next_at timestamptz NOT NULL)`);
    // Lines of response times are few among the others, and asked for apart.
    await q.query(`CREATE INDEX analytics_day_answers ON communication_analytics (tenant_id, day)
      WHERE answer_bins IS NOT NULL`);
    await q.query(`CREATE INDEX analytics_quarter_answers ON analytics_quarter (tenant_id, at)
      WHERE answer_bins IS NOT NULL`);
    await q.query(`CREATE INDEX analytics_total_answers ON analytics_total (tenant_id, minutes, at)
      WHERE answer_bins IS NOT NULL`);
    await this.protect(q);
    await this.marks(q);
    // Opt-outs are found by when they were made, however late a provider told of them.
    await q.query(`CREATE INDEX consent_event_opted_out ON consent_event (tenant_id, at) WHERE action = 'OPTED_OUT'`);
    await this.markWhatIsThere(q);
  }

  /** Nothing was ever written to it: its rows get a place of their own, and say more. */
  private async days(q: QueryRunner): Promise<void> {
    await q.query(`DELETE FROM communication_analytics`);
    await q.query(`ALTER TABLE communication_analytics DROP CONSTRAINT communication_analytics_pkey`);
    await q.query(`ALTER TABLE communication_analytics ALTER channel_id DROP NOT NULL, ALTER cost_currency DROP NOT NULL,
      ALTER cost_currency DROP DEFAULT, ADD line integer NOT NULL, ADD channel_type ${CHANNEL_TYPE}, ADD provider_type text,
      ADD template_id uuid, ADD campaign_id uuid, ADD machine_opened bigint NOT NULL DEFAULT 0,
      ADD answer_bins smallint[], ADD answer_counts bigint[], ADD PRIMARY KEY (tenant_id, day, line)`);
    await q.query(`DROP POLICY channel_types ON communication_analytics`);
    await q.query(`CREATE POLICY channel_types ON communication_analytics AS RESTRICTIVE TO carillon_app
      USING (${OF_SHOWN_TYPES})`);
    await q.query(`GRANT DELETE ON communication_analytics TO carillon_app`);
  }

  private async protect(q: QueryRunner): Promise<void> {
    for (const [table, { app, worker }] of Object.entries(GRANTS)) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(`GRANT ${app} ON ${table} TO carillon_app`);
      if (!worker) continue;
      await q.query(
        `CREATE POLICY all_rows_for_dispatch ON ${table} TO carillon_worker USING (true) WITH CHECK (true)`,
      );
      await q.query(`GRANT ${worker} ON ${table} TO carillon_worker`);
    }
    for (const table of ['analytics_quarter', 'analytics_total'])
      await q.query(`CREATE POLICY channel_types ON ${table} AS RESTRICTIVE TO carillon_app USING (${OF_SHOWN_TYPES})`);
  }

  /**
   * Whoever changes a message or stores an opt-out marks its quarter of an hour, once a statement. Marks are only added, so that
   * no two wait for each other.
   */
  private async marks(q: QueryRunner): Promise<void> {
    await q.query(`CREATE FUNCTION mark_changed_messages() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO analytics_due (tenant_id, at)
        SELECT tenant_id, ${QUARTER('n.created_at')} FROM new_rows n WHERE ${COUNTS('n')}
        UNION SELECT tenant_id, ${QUARTER('o.created_at')} FROM old_rows o WHERE ${COUNTS('o')};
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER message_figures_changed AFTER UPDATE ON communication_message
      REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_changed_messages()`);
    // In a conversation a new message also decides whether the one before it was answered, and how soon. What two transactions
    // store at once they do not see of each other: those of the minute before are counted again after both.
    await q.query(`CREATE FUNCTION mark_new_messages() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO analytics_due (tenant_id, at)
        SELECT tenant_id, ${QUARTER('n.created_at')} FROM new_rows n WHERE ${COUNTS('n')}
        UNION
        SELECT n.tenant_id, ${QUARTER('near.created_at')} FROM new_rows n
        JOIN communication_session s ON s.tenant_id = n.tenant_id AND s.id = n.session_id
        CROSS JOIN LATERAL (
          SELECT n.created_at UNION ALL SELECT n.created_at - interval '1 minute'
          UNION ALL (SELECT p.created_at FROM communication_message p WHERE p.tenant_id = n.tenant_id
            AND p.session_id = n.session_id AND p.id < n.id ORDER BY p.id DESC LIMIT 1)
          UNION ALL (SELECT p.created_at FROM communication_message p WHERE p.tenant_id = n.tenant_id
            AND p.session_id = n.session_id AND p.id > n.id ORDER BY p.id LIMIT 1)
          UNION ALL (SELECT p.created_at FROM communication_message p WHERE p.tenant_id = n.tenant_id
            AND p.session_id = n.session_id AND p.id < n.id AND p.id > coalesce((SELECT o.id FROM communication_message o
              WHERE o.tenant_id = n.tenant_id AND o.session_id = n.session_id AND o.id < n.id AND o.direction = 'OUTBOUND'
              ORDER BY o.id DESC LIMIT 1), '00000000-0000-0000-0000-000000000000') ORDER BY p.id LIMIT 1)) near
        WHERE n.direction = 'INBOUND' OR s.last_inbound_at IS NOT NULL;
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER message_figures_begun AFTER INSERT ON communication_message
      REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_new_messages()`);
    await q.query(`CREATE FUNCTION mark_opt_outs() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO analytics_due (tenant_id, at)
        SELECT DISTINCT tenant_id, ${QUARTER('at')} FROM new_rows WHERE action = 'OPTED_OUT';
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER consent_figures_changed AFTER INSERT ON consent_event
      REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_opt_outs()`);
  }

  /** All that was ever sent is counted once, in the background, the latest first. */
  private async markWhatIsThere(q: QueryRunner): Promise<void> {
    await asOwner(q, ['communication_message', 'consent_event', 'analytics_due'], () =>
      q.query(`INSERT INTO analytics_due (tenant_id, at)
        SELECT tenant_id, ${QUARTER('created_at')} FROM communication_message
        UNION SELECT tenant_id, ${QUARTER('at')} FROM consent_event WHERE action = 'OPTED_OUT'`),
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP INDEX consent_event_opted_out`);
    await q.query(`DROP TRIGGER message_figures_changed ON communication_message`);
    await q.query(`DROP TRIGGER message_figures_begun ON communication_message`);
    await q.query(`DROP TRIGGER consent_figures_changed ON consent_event`);
    await q.query(`DROP FUNCTION mark_changed_messages, mark_new_messages, mark_opt_outs`);
    await q.query(`DROP TABLE ${Object.keys(GRANTS).join(', ')}`);
    await q.query(`TRUNCATE communication_analytics`);
    await q.query(`DROP INDEX analytics_day_answers`);
    await q.query(`DROP POLICY channel_types ON communication_analytics`);
    await q.query(`ALTER TABLE communication_analytics DROP CONSTRAINT communication_analytics_pkey, DROP line,
      DROP channel_type, DROP provider_type, DROP template_id, DROP campaign_id, DROP machine_opened, DROP answer_bins,
      DROP answer_counts, ALTER channel_id SET NOT NULL, ALTER cost_currency SET DEFAULT 'USD',
      ADD PRIMARY KEY (tenant_id, day, channel_id, cost_currency)`);
    await q.query(`CREATE POLICY channel_types ON communication_analytics AS RESTRICTIVE TO carillon_app
      USING (${OF_SHOWN_CHANNELS})`);
    await q.query(`REVOKE DELETE ON communication_analytics FROM carillon_app`);
  }
}

/** Row-level security is forced on the owner too, who would see no row here: lifted for the owner, inside this transaction. */
async function asOwner(q: QueryRunner, tables: readonly string[], work: () => Promise<unknown>): Promise<void> {
  for (const table of tables) await q.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await work();
  for (const table of tables) await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}
