import type { Tx } from '../../platform/db/tenant-db';

/** Why a run ended before its last step. */
export interface RunEnd {
  status: 'STOPPED' | 'CANCELLED' | 'FAILED';
  code: string;
  detail: string;
}

/** What a run becomes when it ends, whichever way: nothing wakes it again, and it keeps no other run of its rule out any more. */
export const ENDED = `position = NULL, due_at = NULL, awaits = NULL, heard_event = NULL, ended_at = clock_timestamp(),
  only_key = CASE WHEN (SELECT g.reentry FROM message_automation_rule g
    WHERE g.tenant_id = r.tenant_id AND g.id = r.rule_id) = 'once' THEN r.only_key END`;

/** Ends runs that are chosen by `which`, and says so at the end of their traces. */
const end = (which: string) => `
WITH chosen AS (
  SELECT r.tenant_id, r.id, r.steps_done, r.position FROM automation_run r
  WHERE r.tenant_id = $1 AND r.ended_at IS NULL AND ${which} ORDER BY r.id FOR UPDATE
),
ended AS (
  UPDATE automation_run r SET ${ENDED}, status = $2, reason_code = $3, reason_detail = $4, steps_done = c.steps_done + 1
  FROM chosen c WHERE r.tenant_id = $1 AND r.id = c.id
)
INSERT INTO automation_run_step (tenant_id, run_id, seq, path, type, outcome, detail)
SELECT c.tenant_id, c.id, c.steps_done + 1, c.position, 'end', $2, jsonb_build_object('code', $3::text) FROM chosen c
RETURNING run_id AS id`;

const END_OF_RULE = end('r.rule_id = $5');
const END_ONE = end('r.id = $5');
const END_AT_EVENT = end(`EXISTS (SELECT 1 FROM jsonb_to_recordset($5::jsonb) AS e(type text, "contactId" uuid)
  WHERE r.exit_event = e.type AND r.contact_id = e."contactId")`);
const END_OF_PERSON = end('r.contact_id = ANY($5::uuid[])');

/** All runs of a rule that are under way. */
export async function cancelRunsOf(tx: Tx, ruleId: string): Promise<void> {
  const reason = ['CANCELLED', 'rule_deleted', 'The rule was deleted.'];
  await tx.query(END_OF_RULE, [tx.tenantId, ...reason, ruleId]);
}

/** False when it had ended before. */
export async function cancelRun(tx: Tx, id: string): Promise<boolean> {
  const rows = await tx.query(END_ONE, [tx.tenantId, 'CANCELLED', 'cancelled', 'It was cancelled by a request.', id]);
  if (rows.length) await cancelCalls(tx, id);
  return rows.length > 0;
}

/** Calls that were not made yet are not made any more. */
async function cancelCalls(tx: Tx, runId: string): Promise<void> {
  await tx.query(
    `UPDATE automation_call SET status = 'CANCELLED', due_at = NULL WHERE tenant_id = $1 AND run_id = $2 AND status = 'PENDING'`,
    [tx.tenantId, runId],
  );
}

/** Runs whose rule says that they end at one of these events. */
export async function endAtEvents(
  tx: Tx,
  events: readonly { type: string; contactId: string | null }[],
): Promise<void> {
  const about = events.filter(({ contactId }) => contactId !== null);
  if (!about.length) return;
  await tx.query(END_AT_EVENT, [
    ...[tx.tenantId, 'STOPPED', 'exit', 'The event came at which the rule ends.'],
    JSON.stringify(about.map(({ type, contactId }) => ({ type, contactId }))),
  ]);
}

/** Holds all runs of these contacts, before the contacts themselves: steps hold their run first and the contact after. */
export async function holdRunsOfPerson(tx: Tx, contactIds: readonly string[]): Promise<void> {
  await tx.query(
    `SELECT 1 FROM automation_run WHERE tenant_id = $1 AND contact_id = ANY($2::uuid[]) ORDER BY id FOR UPDATE`,
    [tx.tenantId, contactIds],
  );
}

/** Runs of a person end, and nothing is left of what they were about; that there were some, and when, stays. */
export async function eraseRuns(tx: Tx, contactIds: readonly string[]): Promise<void> {
  const reason = ['STOPPED', 'erased', 'The contact was erased.'];
  await tx.query(END_OF_PERSON, [tx.tenantId, ...reason, contactIds]);
  for (const statement of ERASE) await tx.query(statement, [tx.tenantId, contactIds]);
}

const RUNS = `(SELECT r.id FROM automation_run r WHERE r.tenant_id = $1 AND r.contact_id = ANY($2::uuid[]))`;

const ERASE = [
  `UPDATE automation_call SET url = '', body = '', due_at = NULL,
     status = CASE WHEN status = 'PENDING' THEN 'CANCELLED' ELSE status END
   WHERE tenant_id = $1 AND run_id IN ${RUNS}`,
  `UPDATE automation_run_step SET detail = '{}' WHERE tenant_id = $1 AND run_id IN ${RUNS} AND detail <> '{}'`,
  `UPDATE automation_run SET event = '{}', reason_detail = NULL
   WHERE tenant_id = $1 AND contact_id = ANY($2::uuid[])`,
];

/** Two contacts are one person now: what was begun for one of them goes on for the other. */
export async function moveRuns(tx: Tx, id: string, otherId: string): Promise<void> {
  await tx.query(
    `UPDATE automation_run r SET contact_id = $3, only_key = CASE WHEN r.only_key IS NULL OR EXISTS (
         SELECT 1 FROM automation_run o WHERE o.tenant_id = $1 AND o.rule_id = r.rule_id AND o.only_key = $3) THEN NULL ELSE $3 END
     WHERE r.tenant_id = $1 AND r.contact_id = $2`,
    [tx.tenantId, otherId, id],
  );
}
