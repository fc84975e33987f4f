import type { Tx } from '../platform/db/tenant-db';
import { FILES_OF_PERSON, MESSAGES_OF_PERSON, type PersonAddress } from './person.queries';

/** Whose data is handed out: every id and every address of the person. */
export interface Person {
  ids: readonly string[];
  addresses: readonly PersonAddress[];
}

export type ExportedRow = Record<string, unknown>;
export type ExportedPage = { id?: string; row: ExportedRow }[];

/** One list in the export. Rows are whole rows of a table: a column that is added later is handed out without further doing. */
interface Section {
  name: string;
  /** What $2 holds. */
  of: keyof Person;
  /** Answers `row` as jsonb, and `id` where there may be many: those come page by page, in the order of their ids. */
  sql: string;
  isPaged: boolean;
}

/** Of how it was sent, not of the person. */
const MACHINERY = `'{tenant_id,seq,ordering_key,lease_token,lease_owner,lease_until}'::text[]`;

const rowsOf = (alias: string, table: string, where: string) =>
  `SELECT to_jsonb(${alias}) - 'tenant_id' AS row FROM ${table} ${alias} WHERE ${alias}.tenant_id = $1 AND ${where}`;

const pageOf = (alias: string, table: string, where: string) =>
  `SELECT ${alias}.id, to_jsonb(${alias}) - ${MACHINERY} AS row FROM ${table} ${alias}
   WHERE ${alias}.tenant_id = $1 AND ${where}`;

/** Also what stands under an address that was erased before, and that the person has again. */
const ADDRESS_OF_PERSON = (alias: string) => `EXISTS (
  SELECT 1 FROM jsonb_to_recordset($2::jsonb) AS p("channelType" text, address text) JOIN tenant t ON t.id = $1
  WHERE p."channelType" = ${alias}.channel_type
    AND ${alias}.address IN (p.address, hidden_address(t.address_salt, p."channelType", p.address)))`;

/** Providers spell senders as they like: with or without the plus. */
const SENT_BY_PERSON = `EXISTS (SELECT 1 FROM jsonb_to_recordset($2::jsonb) AS p(address text)
  WHERE ltrim(lower(p.address), '+') = ltrim(lower(w.sender), '+'))`;

const SCHEDULED_TO_PERSON = `EXISTS (SELECT 1 FROM jsonb_to_recordset($2::jsonb) AS p("channelType" text, address text)
  WHERE p."channelType" = s.channel_type AND p.address = s.to_address)`;

const MESSAGE = `SELECT m.id, to_jsonb(m) - ${MACHINERY} || jsonb_build_object(
    'attempts_made', (SELECT coalesce(jsonb_agg(to_jsonb(a) - '{tenant_id,message_id,fence,worker_id}'::text[] ORDER BY a.attempt_no), '[]')
      FROM message_attempt a WHERE a.tenant_id = $1 AND a.message_id = m.id),
    'events', (SELECT coalesce(jsonb_agg(to_jsonb(e) - '{tenant_id,channel_id,message_id}'::text[] ORDER BY e.received_at), '[]')
      FROM message_event e WHERE e.tenant_id = $1 AND e.message_id = m.id),
    'schedules', (SELECT coalesce(jsonb_agg(to_jsonb(p) - '{tenant_id,message_id}'::text[] ORDER BY p.id), '[]')
      FROM scheduled_message p WHERE p.tenant_id = $1 AND p.message_id = m.id),
    'schedule_occurrences', (SELECT coalesce(jsonb_agg(to_jsonb(o) - '{tenant_id,message_id}'::text[] ORDER BY o.occurrence_at), '[]')
      FROM schedule_occurrence o WHERE o.tenant_id = $1 AND o.message_id = m.id)) AS row
  FROM communication_message m WHERE m.tenant_id = $1 AND m.id IN (${MESSAGES_OF_PERSON})`;

const AUTOMATION_RUN = `SELECT r.id, to_jsonb(r) - '{tenant_id,cause_key,only_key,tries}'::text[] || jsonb_build_object(
    'trace', (SELECT coalesce(jsonb_agg(to_jsonb(t) - '{tenant_id,run_id}'::text[] ORDER BY t.seq), '[]')
      FROM automation_run_step t WHERE t.tenant_id = $1 AND t.run_id = r.id),
    'calls', (SELECT coalesce(jsonb_agg(to_jsonb(k) - '{tenant_id,run_id}'::text[] ORDER BY k.seq), '[]')
      FROM automation_call k WHERE k.tenant_id = $1 AND k.run_id = r.id)) AS row
  FROM automation_run r WHERE r.tenant_id = $1 AND r.contact_id = ANY($2::uuid[])`;

const ATTACHMENT = `SELECT f.id, to_jsonb(f) AS row FROM (
    SELECT a.id, a.message_id, a.filename, a.content_type, a.size_bytes, encode(a.sha256, 'hex') AS sha256, a.created_at
    FROM communication_attachment a WHERE a.tenant_id = $1 AND a.id IN (${FILES_OF_PERSON})) f WHERE true`;

/** In the order in which they stand in the file. */
export const SECTIONS: readonly Section[] = [
  { name: 'contacts', of: 'ids', sql: rowsOf('c', 'contact', 'c.id = ANY($2::uuid[])'), isPaged: false },
  {
    name: 'identities',
    of: 'ids',
    sql: rowsOf('i', 'contact_identity', 'i.contact_id = ANY($2::uuid[])'),
    isPaged: false,
  },
  {
    name: 'preferences',
    of: 'ids',
    sql: rowsOf('p', 'contact_communication_preference', 'p.contact_id = ANY($2::uuid[])'),
    isPaged: false,
  },
  { name: 'suppressions', of: 'addresses', sql: pageOf('s', 'suppression', ADDRESS_OF_PERSON('s')), isPaged: true },
  { name: 'consentEvents', of: 'addresses', sql: pageOf('e', 'consent_event', ADDRESS_OF_PERSON('e')), isPaged: true },
  {
    name: 'sessions',
    of: 'ids',
    sql: pageOf('s', 'communication_session', 's.contact_id = ANY($2::uuid[])'),
    isPaged: true,
  },
  { name: 'messages', of: 'ids', sql: MESSAGE, isPaged: true },
  {
    name: 'recurringMessages',
    of: 'ids',
    sql: pageOf('s', 'scheduled_message', `s.recurrence IS NOT NULL AND s.contact_id = ANY($2::uuid[])`),
    isPaged: true,
  },
  {
    name: 'recurringMessagesByAddress',
    of: 'addresses',
    sql: pageOf('s', 'scheduled_message', `s.recurrence IS NOT NULL AND ${SCHEDULED_TO_PERSON}`),
    isPaged: true,
  },
  { name: 'attachments', of: 'ids', sql: ATTACHMENT, isPaged: true },
  {
    name: 'campaignRecipients',
    of: 'ids',
    sql: rowsOf('r', 'bulk_message_recipient', 'r.contact_id = ANY($2::uuid[])'),
    isPaged: false,
  },
  {
    name: 'campaignRecipientsWithoutContact',
    of: 'addresses',
    sql: `SELECT to_jsonb(r) - 'tenant_id' AS row FROM bulk_message_campaign b
      JOIN communication_channel h ON h.tenant_id = b.tenant_id AND h.id = b.channel_id
      CROSS JOIN jsonb_to_recordset($2::jsonb) AS p("channelType" text, address text)
      JOIN bulk_message_recipient r ON r.tenant_id = b.tenant_id AND r.campaign_id = b.id AND r.recipient_key = p.address
      WHERE b.tenant_id = $1 AND p."channelType" = h.channel_type AND r.contact_id IS NULL`,
    isPaged: false,
  },
  { name: 'events', of: 'ids', sql: pageOf('t', 'tenant_event', 't.contact_id = ANY($2::uuid[])'), isPaged: true },
  { name: 'automationRuns', of: 'ids', sql: AUTOMATION_RUN, isPaged: true },
  { name: 'partsOfTexts', of: 'addresses', sql: rowsOf('w', 'inbound_part', SENT_BY_PERSON), isPaged: false },
];

/** Rows of a section: all of them, or the next page behind `after`. */
export function exportedRows(
  tx: Tx,
  { sql, of, isPaged }: Section,
  person: Person,
  page: { after: string | null; limit: number },
): Promise<ExportedPage> {
  const whose = of === 'ids' ? person.ids : JSON.stringify(person.addresses);
  if (!isPaged) return tx.query(sql, [tx.tenantId, whose]);
  const paged = `SELECT * FROM (${sql}) rows WHERE $3::uuid IS NULL OR id > $3 ORDER BY id LIMIT $4`;
  return tx.query(paged, [tx.tenantId, whose, page.after, page.limit]);
}
