import { segmentCondition, type Segment } from '../../campaigns/segments/segment-tree';
import { findSegment, holdInMemory } from '../../campaigns/segments/segment.queries';
import type { Sql } from '../../platform/db/sql';
import type { Tx } from '../../platform/db/tenant-db';
import type { DueThing } from '../../platform/time/clock';
import { STARTING_RULE, type ContactFacts, type StartingRule } from '../run/start.queries';
import type { ScheduleTrigger } from './match';

/** Rules of all tenants that a clock sets off now. */
export function listDueRules(sql: Sql, limit: number): Promise<DueThing[]> {
  return sql.query<DueThing>(
    `SELECT tenant_id AS "tenantId", id FROM message_automation_rule
     WHERE enabled AND deleted_at IS NULL AND next_at <= clock_timestamp() ORDER BY next_at LIMIT $1`,
    [limit],
  );
}

/** A rule that a clock sets off, held until the commit. */
export interface DueRule extends StartingRule {
  nextAt: Date;
  lookedAt: Date;
  /** Where its contacts are being looked at: up to when, and behind which contact it goes on. */
  lookingTo: Date | null;
  lookedContact: string | null;
  now: Date;
}

export async function takeDueRule(tx: Tx, id: string): Promise<DueRule | undefined> {
  const [rule] = await tx.query<DueRule>(
    `SELECT ${STARTING_RULE}, next_at AS "nextAt", coalesce(looked_at, next_at) AS "lookedAt", looking_to AS "lookingTo",
       looked_contact AS "lookedContact", clock_timestamp() AS now
     FROM message_automation_rule
     WHERE tenant_id = $1 AND id = $2 AND enabled AND deleted_at IS NULL AND next_at <= clock_timestamp()
     FOR NO KEY UPDATE SKIP LOCKED`,
    [tx.tenantId, id],
  );
  return rule;
}

/** There are more contacts to look at. */
export async function goOnBehind(
  tx: Tx,
  id: string,
  { to, contactId }: { to: Date; contactId: string },
): Promise<void> {
  await tx.query(
    `UPDATE message_automation_rule SET looking_to = $3, looked_contact = $4 WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, to, contactId],
  );
}

/** All contacts were looked at; null: it never comes again. */
export async function lookedUpTo(tx: Tx, id: string, { to, next }: { to: Date; next: Date | null }): Promise<void> {
  await tx.query(
    `UPDATE message_automation_rule SET looked_at = $3, looking_to = NULL, looked_contact = NULL, next_at = $4
     WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id, to, next],
  );
}

export interface ContactPage {
  after: string | null;
  limit: number;
}

const FACTS = `c.id, c.external_id AS "externalId", c.name, c.language, c.timezone, c.attributes,
  to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "createdAt"`;

/** Contacts of a segment as it is now, or all that have an attribute, in the order of their ids. */
export async function audienceOf(
  tx: Tx,
  { segmentId, attribute }: ScheduleTrigger,
  { after, limit }: ContactPage,
): Promise<ContactFacts[]> {
  const segment = segmentId === undefined ? undefined : await findSegment(tx, segmentId);
  if (segmentId !== undefined && !segment) return [];
  const tree = segment
    ? (segment.segment as unknown as Segment)
    : ({ field: `attributes.${attribute}`, op: 'exists', value: true } as Segment);
  const { sql, values } = segmentCondition(tree, 4);
  await holdInMemory(tx);
  return tx.once<ContactFacts>(
    `SELECT ${FACTS} FROM contact c WHERE c.tenant_id = $1 AND c.deleted_at IS NULL AND ($2::uuid IS NULL OR c.id > $2) AND ${sql}
     ORDER BY c.id LIMIT $3`,
    [tx.tenantId, after, limit, ...values],
  );
}

/** Contacts whose attribute begins with one of these days, in the order of their ids. Days are of the calendar, or of any year. */
export function contactsWithDay(
  tx: Tx,
  { attribute, days, yearly }: { attribute: string; days: readonly string[]; yearly: boolean },
  { after, limit }: ContactPage,
): Promise<ContactFacts[]> {
  const part = yearly ? `substr(c.attributes ->> $4, 6, 5)` : `left(c.attributes ->> $4, 10)`;
  return tx.query<ContactFacts>(
    `SELECT ${FACTS} FROM contact c WHERE c.tenant_id = $1 AND c.deleted_at IS NULL AND ($2::uuid IS NULL OR c.id > $2)
       AND jsonb_typeof(c.attributes -> $4) = 'string' AND ${part} = ANY ($5::text[])
     ORDER BY c.id LIMIT $3`,
    [tx.tenantId, after, limit, attribute, days],
  );
}
