import type { ChannelType } from '../../providers/provider';
import { MOST_ATTRIBUTES, type ImportRow, type RowFault } from './import-row';

/** A contact that a row may be about. */
export interface KnownContact {
  id: string;
  externalId: string | null;
  /** Names of its attributes. */
  attributeKeys: readonly string[];
}

/** Who is known by what the rows name. */
export interface Known {
  byExternalId: ReadonlyMap<string, KnownContact>;
  /** By channel type and address, with a space between. */
  byAddress: ReadonlyMap<string, KnownContact>;
}

/** An address that a contact is to get. */
export interface NewAddress {
  contactId: string;
  channelType: ChannelType;
  address: string;
}

/** What becomes of some rows. */
export interface Plan {
  create: { id: string; row: ImportRow }[];
  update: { id: string; row: ImportRow }[];
  /** New addresses of contacts that are changed; each takes the place of the one of its channel type. */
  readdress: NewAddress[];
  skipped: number;
  faults: RowFault[];
  /** Rows about a contact that a row before them changes: to be stored after these. */
  later: ImportRow[];
}

export type OnConflict = 'update' | 'skip';

/** Decides for rows of which no two name the same. Pure; `newId` makes ids. */
export function planRows(
  rows: readonly ImportRow[],
  known: Known,
  { onConflict, newId }: { onConflict: OnConflict; newId: () => string },
): Plan {
  const plan: Plan = { create: [], update: [], readdress: [], skipped: 0, faults: [], later: [] };
  const changed = new Set<string>();
  for (const row of rows) {
    const match = matchOf(row, known);
    if ('fault' in match) plan.faults.push(match.fault);
    else if (!match.contact) plan.create.push({ id: newId(), row });
    else if (onConflict === 'skip') plan.skipped++;
    else if (changed.has(match.contact.id)) plan.later.push(row);
    else {
      changed.add(match.contact.id);
      change(plan, row, { contact: match.contact, known });
    }
  }
  return plan;
}

/** The contact of a row: by its externalId, or else by an address. None of its addresses may be another's. */
function matchOf(row: ImportRow, known: Known): { contact: KnownContact | undefined } | { fault: RowFault } {
  const byId = row.externalId === null ? undefined : known.byExternalId.get(row.externalId);
  let contact = byId;
  for (const { channelType, address, column } of row.addresses) {
    const holder = known.byAddress.get(`${channelType} ${address}`);
    if (!holder) continue;
    const hasOtherId = row.externalId !== null && holder.externalId !== null && holder.externalId !== row.externalId;
    if (hasOtherId || (contact && contact.id !== holder.id))
      return { fault: { number: row.number, column, message: 'belongs to another contact' } };
    contact = holder;
  }
  return { contact };
}

function change(
  plan: Plan,
  row: ImportRow,
  { contact: { id, attributeKeys }, known }: { contact: KnownContact; known: Known },
): void {
  const keys = new Set([...attributeKeys, ...Object.keys(row.attributes ?? {})]);
  if (keys.size > MOST_ATTRIBUTES) {
    const message = `would give the contact more than ${MOST_ATTRIBUTES} attributes`;
    plan.faults.push({ number: row.number, column: 0, message });
    return;
  }
  plan.update.push({ id, row });
  for (const { channelType, address } of row.addresses)
    if (!known.byAddress.has(`${channelType} ${address}`)) plan.readdress.push({ contactId: id, channelType, address });
}
