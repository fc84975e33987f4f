import { hasReference, readReferenceFilter } from '../contacts/external-references';
import type { Tx } from '../platform/db/tenant-db';
import { CommunicationSession } from './communication-session.entity';
import { normalLabel } from './labels';
import type { SessionLabelResponse, SessionQuery } from './session.dto';

const EQUAL = ['status', 'channelId', 'contactId'] as const;

/** The column and its negation, for a filter that is true or false. */
const WAITING = { true: 's.waiting_since IS NOT NULL', false: 's.waiting_since IS NULL' };
const OVERDUE = {
  true: 's.due_at IS NOT NULL AND s.overdue_at = s.due_at',
  false: '(s.due_at IS NULL OR s.overdue_at IS DISTINCT FROM s.due_at)',
};

/** What a list is narrowed to; `assignedTo` is a user, or null for nobody. */
export type SessionFilter = Omit<SessionQuery, 'assignedTo' | 'cursor'> & { assignedTo?: string | null };

/** Newest first, one more than asked for. */
export function listSessions(tx: Tx, filter: SessionFilter, after: string | null): Promise<CommunicationSession[]> {
  const rows = tx.manager
    .createQueryBuilder(CommunicationSession, 's')
    .where('s.tenantId = :tenantId', { tenantId: tx.tenantId })
    .orderBy('s.id', 'DESC')
    .limit(filter.limit + 1);
  if (after) rows.andWhere('s.id < :after', { after });
  for (const name of EQUAL)
    if (filter[name] !== undefined) rows.andWhere(`s.${name} = :${name}`, { [name]: filter[name] });
  const { assignedTo, label, waiting, overdue } = filter;
  if (assignedTo === null) rows.andWhere('s.assignedTo IS NULL');
  else if (assignedTo !== undefined) rows.andWhere('s.assignedTo = :assignedTo', { assignedTo });
  // The first half is that of the partial index: only conversations with labels are looked at.
  if (label !== undefined)
    rows.andWhere(`s.labels <> '{}'::text[] AND :label = ANY (s.labels)`, { label: normalLabel(label) });
  const reference = readReferenceFilter(filter.reference);
  if (reference)
    rows.andWhere(hasReference('s.external_references', ':reference'), { reference: JSON.stringify(reference) });
  if (waiting !== undefined) rows.andWhere(WAITING[`${waiting}`]);
  if (overdue !== undefined) rows.andWhere(OVERDUE[`${overdue}`]);
  return rows.getMany();
}

const MOST_LABELS = 500;

/** The labels of the tenant's conversations, those used most first. */
export function listLabels(tx: Tx): Promise<SessionLabelResponse[]> {
  return tx.query<SessionLabelResponse>(
    `SELECT l.name, count(*)::int AS sessions,
       (count(*) FILTER (WHERE s.status IN ('INITIATED', 'ACTIVE', 'PENDING')))::int AS open
     FROM communication_session s CROSS JOIN LATERAL unnest(s.labels) AS l (name)
     WHERE s.tenant_id = $1 AND s.labels <> '{}'::text[]
     GROUP BY l.name ORDER BY sessions DESC, l.name LIMIT ${MOST_LABELS}`,
    [tx.tenantId],
  );
}
