import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tables of tenants that this migration makes, with what each login may do to them. */
const GRANTS: Readonly<Record<string, { app: string; worker: string }>> = {
  tenant_budget: { app: 'SELECT, INSERT, UPDATE, DELETE', worker: 'SELECT' },
  budget_alert: { app: 'SELECT, INSERT, DELETE', worker: 'SELECT' },
  tenant_spend: { app: 'SELECT, INSERT', worker: 'SELECT, INSERT, UPDATE, DELETE' },
};

const CURRENT_TENANT = `(SELECT nullif(current_setting('app.tenant', true), '')::uuid)`;

/** What a tenant spends in a month, kept with every cost that is written, and what it wants to spend at most. */
export class KeepBudgets1780000018000 implements MigrationInterface {
  name = 'KeepBudgets1780000018000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE tenant_budget (
      tenant_id uuid PRIMARY KEY REFERENCES tenant (id),
      amount numeric NOT NULL CHECK (amount > 0),
      currency text NOT NULL,
      thresholds integer[] NOT NULL,
      hold boolean NOT NULL,
      exempt_lanes text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now())`);
    await q.query(`CREATE TABLE budget_alert (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      month date NOT NULL,
      threshold integer NOT NULL,
      spent numeric NOT NULL,
      amount numeric NOT NULL,
      currency text NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, month, threshold))`);
    // No reference to the tenant: each of them would be a lock on one row, taken by every message that costs something.
    await q.query(`CREATE TABLE tenant_spend (
      tenant_id uuid NOT NULL,
      month date NOT NULL,
      currency text NOT NULL,
      id bigint GENERATED ALWAYS AS IDENTITY,
      amount numeric NOT NULL,
      PRIMARY KEY (tenant_id, month, currency, id))`);
    await this.booking(q);
    await this.bookWhatIsThere(q);
    for (const [table, { app, worker }] of Object.entries(GRANTS)) {
      await q.query(`ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
      await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
      await q.query(`CREATE POLICY tenant_rows ON ${table}
        USING (tenant_id = ${CURRENT_TENANT}) WITH CHECK (tenant_id = ${CURRENT_TENANT})`);
      await q.query(
        `CREATE POLICY all_rows_for_dispatch ON ${table} TO carillon_worker USING (true) WITH CHECK (true)`,
      );
      await q.query(`GRANT ${app} ON ${table} TO carillon_app`);
      await q.query(`GRANT ${worker} ON ${table} TO carillon_worker`);
    }
  }

  /**
   * Whoever writes a cost books it, in the same commit: here, so that none of them can forget it, and because only a trigger
   * sees what the cost was before, also when two write at once. Entries are added and never changed, so that no two wait for
   * each other. A message counts in the month in which it was sent, by the clock of its tenant.
   */
  private async booking(q: QueryRunner): Promise<void> {
    await q.query(`CREATE FUNCTION book_cost() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE zone text;
      BEGIN
        SELECT timezone INTO zone FROM tenant WHERE id = NEW.tenant_id;
        INSERT INTO tenant_spend (tenant_id, month, currency, amount)
        SELECT NEW.tenant_id, date_trunc('month', entry.at AT TIME ZONE zone)::date, entry.currency, sum(entry.amount)
        FROM (VALUES (coalesce(OLD.sent_at, OLD.created_at), OLD.cost_currency, -OLD.cost_amount),
          (coalesce(NEW.sent_at, NEW.created_at), NEW.cost_currency, NEW.cost_amount)) AS entry(at, currency, amount)
        WHERE entry.amount IS NOT NULL AND entry.currency IS NOT NULL
        GROUP BY 2, 3 HAVING sum(entry.amount) <> 0;
        RETURN NULL;
      END $$`);
    await q.query(`CREATE TRIGGER message_cost_changed AFTER UPDATE OF cost_amount, cost_currency, sent_at
      ON communication_message FOR EACH ROW WHEN ((NEW.cost_amount, NEW.cost_currency)
        IS DISTINCT FROM (OLD.cost_amount, OLD.cost_currency)
        OR (NEW.cost_amount IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at))
      EXECUTE FUNCTION book_cost()`);
    await q.query(`CREATE TRIGGER message_with_cost AFTER INSERT ON communication_message
      FOR EACH ROW WHEN (NEW.cost_amount IS NOT NULL) EXECUTE FUNCTION book_cost()`);
  }

  private async bookWhatIsThere(q: QueryRunner): Promise<void> {
    await asOwner(q, ['tenant', 'communication_message'], () =>
      q.query(`INSERT INTO tenant_spend (tenant_id, month, currency, amount)
        SELECT m.tenant_id, date_trunc('month', coalesce(m.sent_at, m.created_at) AT TIME ZONE t.timezone)::date,
          m.cost_currency, sum(m.cost_amount)
        FROM communication_message m JOIN tenant t ON t.id = m.tenant_id
        WHERE m.cost_amount IS NOT NULL AND m.cost_currency IS NOT NULL GROUP BY 1, 2, 3`),
    );
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TRIGGER message_cost_changed ON communication_message`);
    await q.query(`DROP TRIGGER message_with_cost ON communication_message`);
    await q.query(`DROP FUNCTION book_cost`);
    for (const table of Object.keys(GRANTS)) await q.query(`DROP TABLE ${table}`);
  }
}

/** Row-level security is forced on the owner too, who would see no row here: lifted for the owner, inside this transaction. */
async function asOwner(q: QueryRunner, tables: readonly string[], work: () => Promise<unknown>): Promise<void> {
  for (const table of tables) await q.query(`ALTER TABLE ${table} NO FORCE ROW LEVEL SECURITY`);
  await work();
  for (const table of tables) await q.query(`ALTER TABLE ${table} FORCE ROW LEVEL SECURITY`);
}
