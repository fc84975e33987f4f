import type { MigrationInterface, QueryRunner } from 'typeorm';

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** The channel types that a transaction is held to, as an array's text; unset means every one. */
const SET = `nullif(current_setting('app.channel_types', true), '')`;
const EVERY_TYPE = `(SELECT ${SET} IS NULL)`;
const TYPES = `((SELECT ${SET}::text[])::text[])`;

const GRANTS: Readonly<Record<string, string>> = {
  automation_rule_version: 'SELECT, INSERT',
  automation_run: 'SELECT, INSERT, UPDATE',
  automation_run_step: 'SELECT, INSERT, UPDATE',
  automation_call: 'SELECT, INSERT, UPDATE',
};

/** What of these a worker may do over all tenants: find what is due, and prune what is old. */
const WORKER_GRANTS: Readonly<Record<string, string>> = {
  message_automation_rule: 'SELECT',
  automation_run: 'SELECT, DELETE',
  automation_run_step: 'SELECT, DELETE',
  automation_call: 'SELECT, DELETE',
};

/** Rules that run: versions of them, a run for each contact with a trace of its steps, and calls to addresses of the tenant. */
export class RunRules1780000025000 implements MigrationInterface {
  name = 'RunRules1780000025000';

  async up(q: QueryRunner): Promise<void> {
    await this.rules(q);
    await this.runs(q);
    await this.calls(q);
    for (const [table, grants] of Object.entries(GRANTS)) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(`GRANT ${grants} ON ${table} TO carillon_app`);
    }
    for (const [table, grants] of Object.entries(WORKER_GRANTS)) {
      await q.query(
        `CREATE POLICY all_rows_for_dispatch ON ${table} TO carillon_worker USING (true) WITH CHECK (true)`,
      );
      await q.query(`GRANT ${grants} ON ${table} TO carillon_worker`);
    }
    await this.channelTypes(q);
  }

  private async rules(q: QueryRunner): Promise<void> {
    await q.query(`ALTER TABLE message_automation_rule
      ADD COLUMN version integer NOT NULL DEFAULT 1,
      ADD COLUMN event_type text,
      ADD COLUMN exit_when jsonb,
      ADD COLUMN reentry text NOT NULL DEFAULT 'always' CHECK (reentry IN ('always', 'when_ended', 'once')),
      ADD COLUMN most_per_hour integer NOT NULL DEFAULT 20 CHECK (most_per_hour >= 1),
      ADD COLUMN channel_types text[] NOT NULL DEFAULT '{}',
      ADD COLUMN next_at timestamptz,
      ADD COLUMN looked_at timestamptz,
      ADD COLUMN looking_to timestamptz,
      ADD COLUMN looked_contact uuid,
      ADD COLUMN signing_secret text`);
    await q.query(`CREATE TABLE automation_rule_version (
      tenant_id uuid NOT NULL,
      rule_id uuid NOT NULL,
      version integer NOT NULL,
      trigger jsonb NOT NULL,
      conditions jsonb,
      steps jsonb NOT NULL,
      exit_when jsonb,
      channel_types text[] NOT NULL,
      hears text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, rule_id, version),
      FOREIGN KEY (tenant_id, rule_id) REFERENCES message_automation_rule (tenant_id, id))`);
    await q.query(`ALTER TABLE message_automation_rule NO FORCE ROW LEVEL SECURITY`);
    await q.query(`ALTER TABLE communication_channel NO FORCE ROW LEVEL SECURITY`);
    await q.query(`UPDATE message_automation_rule r SET event_type = trigger ->> 'event',
      trigger = jsonb_build_object('type', 'event') || trigger,
      channel_types = ARRAY(SELECT DISTINCT coalesce(step ->> 'channelType', c.channel_type)
        FROM jsonb_array_elements(steps) step LEFT JOIN communication_channel c
          ON c.tenant_id = r.tenant_id AND c.id = (step ->> 'channelId')::uuid
        WHERE step ->> 'type' = 'send' ORDER BY 1)`);
    await q.query(`INSERT INTO automation_rule_version (tenant_id, rule_id, version, trigger, conditions, steps, channel_types, hears)
      SELECT tenant_id, id, 1, trigger, conditions, steps, channel_types, ARRAY[event_type] FROM message_automation_rule`);
    await q.query(`ALTER TABLE message_automation_rule FORCE ROW LEVEL SECURITY`);
    await q.query(`ALTER TABLE communication_channel FORCE ROW LEVEL SECURITY`);
    await q.query(`CREATE INDEX automation_rule_event ON message_automation_rule (tenant_id, event_type)
      WHERE enabled AND deleted_at IS NULL AND event_type IS NOT NULL`);
    await q.query(`CREATE INDEX automation_rule_due ON message_automation_rule (next_at)
      WHERE enabled AND deleted_at IS NULL AND next_at IS NOT NULL`);
  }

  private async runs(q: QueryRunner): Promise<void> {
    // cause_key: one run for one cause. only_key: the contact, for as long as it keeps another run of the rule out.
    await q.query(`CREATE TABLE automation_run (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      rule_id uuid NOT NULL,
      version integer NOT NULL,
      contact_id uuid,
      cause_key text NOT NULL,
      only_key uuid,
      event jsonb NOT NULL DEFAULT '{}',
      status text NOT NULL DEFAULT 'RUNNING'
        CHECK (status IN ('RUNNING', 'WAITING', 'COMPLETED', 'STOPPED', 'CANCELLED', 'FAILED')),
      reason_code text,
      reason_detail text,
      position text,
      steps_done integer NOT NULL DEFAULT 0,
      due_at timestamptz,
      awaits text,
      heard_event uuid,
      exit_event text,
      depth integer NOT NULL DEFAULT 1,
      tries integer NOT NULL DEFAULT 0,
      started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
      ended_at timestamptz,
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, rule_id, cause_key),
      UNIQUE (tenant_id, rule_id, only_key),
      FOREIGN KEY (tenant_id, rule_id, version) REFERENCES automation_rule_version (tenant_id, rule_id, version),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id),
      CHECK ((ended_at IS NULL) = (status IN ('RUNNING', 'WAITING'))),
      CHECK ((ended_at IS NULL) = (position IS NOT NULL)),
      CHECK ((ended_at IS NULL) = (due_at IS NOT NULL)))`);
    await q.query(`CREATE INDEX automation_run_due ON automation_run (due_at) WHERE due_at IS NOT NULL`);
    await q.query(
      `CREATE INDEX automation_run_awaits ON automation_run (tenant_id, awaits, contact_id) WHERE awaits IS NOT NULL`,
    );
    await q.query(`CREATE INDEX automation_run_exit ON automation_run (tenant_id, exit_event, contact_id)
      WHERE exit_event IS NOT NULL AND ended_at IS NULL`);
    await q.query(
      `CREATE INDEX automation_run_under_way ON automation_run (tenant_id, rule_id, version) WHERE ended_at IS NULL`,
    );
    await q.query(`CREATE INDEX automation_run_of_rule ON automation_run (tenant_id, rule_id, id)`);
    await q.query(
      `CREATE INDEX automation_run_of_contact ON automation_run (tenant_id, contact_id, rule_id, started_at)`,
    );
    await q.query(`CREATE INDEX automation_run_ended ON automation_run (ended_at) WHERE ended_at IS NOT NULL`);
    // The primary key is the promise: a step is written once, in the commit that does it.
    await q.query(`CREATE TABLE automation_run_step (
      tenant_id uuid NOT NULL,
      run_id uuid NOT NULL,
      seq integer NOT NULL,
      path text NOT NULL,
      type text NOT NULL,
      outcome text NOT NULL,
      detail jsonb NOT NULL DEFAULT '{}',
      message_id uuid,
      at timestamptz NOT NULL DEFAULT clock_timestamp(),
      PRIMARY KEY (tenant_id, run_id, seq),
      FOREIGN KEY (tenant_id, run_id) REFERENCES automation_run (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);
    await q.query(`CREATE INDEX automation_run_step_message ON automation_run_step (tenant_id, message_id)
      WHERE message_id IS NOT NULL`);
  }

  private async calls(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE automation_call (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      run_id uuid NOT NULL,
      seq integer NOT NULL,
      url text NOT NULL,
      body text NOT NULL,
      status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'DONE', 'FAILED', 'CANCELLED')),
      tries integer NOT NULL DEFAULT 0,
      due_at timestamptz DEFAULT clock_timestamp(),
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, run_id, seq),
      FOREIGN KEY (tenant_id, run_id, seq) REFERENCES automation_run_step (tenant_id, run_id, seq),
      CHECK ((status = 'PENDING') = (due_at IS NOT NULL)))`);
    await q.query(`CREATE INDEX automation_call_due ON automation_call (due_at) WHERE due_at IS NOT NULL`);
  }

  /** A rule is of no type by itself; it is shown to whoever may see all that its steps send, and so are its runs. */
  private async channelTypes(q: QueryRunner): Promise<void> {
    await q.query(`DROP POLICY channel_types ON message_automation_rule`);
    for (const table of ['message_automation_rule', 'automation_rule_version'])
      await q.query(`CREATE POLICY channel_types ON ${table} AS RESTRICTIVE TO carillon_app
        USING (coalesce(channel_types <@ ${TYPES}, true))`);
    await q.query(`CREATE POLICY channel_types ON automation_run AS RESTRICTIVE TO carillon_app
      USING (${EVERY_TYPE} OR EXISTS (SELECT 1 FROM automation_rule_version p WHERE p.tenant_id = automation_run.tenant_id
        AND p.rule_id = automation_run.rule_id AND p.version = automation_run.version))`);
    for (const table of ['automation_run_step', 'automation_call'])
      await q.query(`CREATE POLICY channel_types ON ${table} AS RESTRICTIVE TO carillon_app
        USING (${EVERY_TYPE} OR EXISTS (SELECT 1 FROM automation_run p
          WHERE p.tenant_id = ${table}.tenant_id AND p.id = ${table}.run_id))`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP POLICY channel_types ON message_automation_rule`);
    await q.query(`DROP POLICY all_rows_for_dispatch ON message_automation_rule`);
    await q.query(`REVOKE SELECT ON message_automation_rule FROM carillon_worker`);
    await q.query(`DROP TABLE automation_call, automation_run_step, automation_run, automation_rule_version`);
    await q.query(`DROP INDEX automation_rule_event, automation_rule_due`);
    // What was here before knows one kind of trigger and two kinds of steps.
    await q.query(`ALTER TABLE message_automation_rule NO FORCE ROW LEVEL SECURITY`);
    await q.query(`DELETE FROM message_automation_rule WHERE event_type IS NULL OR trigger ->> 'type' <> 'event'
      OR EXISTS (SELECT 1 FROM jsonb_array_elements(steps) step WHERE step ->> 'type' NOT IN ('send', 'wait'))`);
    await q.query(`UPDATE message_automation_rule SET trigger = trigger - 'type'`);
    await q.query(`ALTER TABLE message_automation_rule FORCE ROW LEVEL SECURITY`);
    await q.query(`ALTER TABLE message_automation_rule DROP COLUMN version, DROP COLUMN event_type, DROP COLUMN exit_when,
      DROP COLUMN reentry, DROP COLUMN most_per_hour, DROP COLUMN channel_types, DROP COLUMN next_at, DROP COLUMN looked_at,
      DROP COLUMN looking_to, DROP COLUMN looked_contact, DROP COLUMN signing_secret`);
    await q.query(`CREATE POLICY channel_types ON message_automation_rule AS RESTRICTIVE TO carillon_app
      USING (${EVERY_TYPE} OR NOT EXISTS (SELECT 1 FROM jsonb_array_elements(steps) step
         WHERE step ->> 'channelType' <> ALL (${TYPES}) OR (step ->> 'channelId' IS NOT NULL AND NOT EXISTS (
           SELECT 1 FROM communication_channel p
           WHERE p.tenant_id = message_automation_rule.tenant_id AND p.id = (step ->> 'channelId')::uuid))))`);
  }
}
