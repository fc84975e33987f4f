import { idsOfPerson, SESSIONS_OF_PERSON } from '../contacts/timeline.queries';
import type { Tx } from '../platform/db/tenant-db';
import type { HourCount } from './send-time';

/** Habits change: older messages are not asked. */
const LATEST_OF_CONTACT = 500;
const LATEST_OF_TENANT = 10_000;

/** When a person first did something with a message: opened, clicked or read it, or wrote it. What machines open is not in it. */
const DONE_AT = `CASE m.direction WHEN 'INBOUND' THEN m.created_at ELSE least(m.opened_at, m.clicked_at, m.read_at) END`;
const HOUR = (zone: string): string =>
  `((extract(isodow FROM done_at AT TIME ZONE ${zone}) - 1) * 24 + extract(hour FROM done_at AT TIME ZONE ${zone}))::int`;

/** Hours of the week in which a contact did something with messages. */
export async function hoursOfContact(tx: Tx, contactId: string, timezone: string): Promise<HourCount[]> {
  return tx.query<HourCount>(
    `SELECT ${HOUR('$3')} AS hour, count(*)::int AS n FROM (
       SELECT ${DONE_AT} AS done_at FROM communication_message m
       WHERE m.tenant_id = $1 AND m.contact_id = ANY($2::uuid[]) AND m.session_id IN (${SESSIONS_OF_PERSON})
       ORDER BY m.id DESC LIMIT ${LATEST_OF_CONTACT}) latest
     WHERE done_at IS NOT NULL GROUP BY 1`,
    [tx.tenantId, await idsOfPerson(tx, contactId), timezone],
  );
}

/** The same of all contacts, each by the clock of their own. */
export function hoursOfTenant(tx: Tx, timezone: string): Promise<HourCount[]> {
  return tx.query<HourCount>(
    `SELECT ${HOUR('coalesce(c.timezone, $2)')} AS hour, count(*)::int AS n FROM (
       SELECT ${DONE_AT} AS done_at, m.contact_id FROM communication_message m WHERE m.tenant_id = $1
       ORDER BY m.id DESC LIMIT ${LATEST_OF_TENANT}) latest
     JOIN contact c ON c.tenant_id = $1 AND c.id = latest.contact_id
     WHERE done_at IS NOT NULL GROUP BY 1`,
    [tx.tenantId, timezone],
  );
}
