import { Injectable } from '@nestjs/common';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page, PageQuery } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { readAddresses, readAddressFilter, type AddressChange } from './contact-addresses';
import { readAttributeFilter } from './attribute-filter';
import { contactRow, heldContact } from './contact-row';
import type { ContactQuery, CreateContactDto, UpdateContactDto } from './contact.dto';
import {
  changeContact,
  type ContactChange,
  type ContactRow,
  externalIdIsTaken,
  insertContact,
  listContacts,
  markDeleted,
} from './contact.queries';
import type { ContactResponse, ContactTimelineEntry } from './contact-response.dto';
import { contactView, timelineEntry } from './contact.view';
import { readReferenceFilter, storedReferences } from './external-references';
import { setFirstAddress } from './first-address';
import { EVERY_ADDRESS, freeIdentities } from './identity.queries';
import { listTimeline } from './timeline.queries';

@Injectable()
export class ContactsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /**
   * Makes a contact, or with `upsert` changes the one that has this externalId. Throws Problem 409 for an externalId or an
   * address that another contact has, 422 for an address that is none and for nothing to make a contact of.
   */
  create(
    caller: Caller,
    input: CreateContactDto,
    upsert: boolean,
  ): Promise<{ contact: ContactResponse; isNew: boolean }> {
    const addresses = readAddresses(input);
    checkEnough(input, upsert);
    const externalId = input.externalId?.normalize() ?? null;
    return this.db.run(caller.tenantId, async (tx) => {
      const id = uuidv7();
      const isNew = await insertContact(tx, id, externalId);
      if (!isNew && !upsert) throw Problem.conflict('already_exists', 'Another contact has this externalId.');
      const known = isNew ? id : (await heldContact(tx, `ext:${externalId}`)).id;
      await this.change(tx, known, input, addresses);
      await audit(tx, caller, isNew ? 'contact.created' : 'contact.updated', 'contact', known, fieldsOf(input));
      return { contact: contactView(await this.row(tx, known)), isNew };
    });
  }

  /** Newest first. Throws Problem 422 for a filter that is no address. */
  list(caller: Caller, query: ContactQuery): Promise<Page<ContactResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /contacts', query };
    const filter = {
      search: query.search?.normalize() ?? null,
      externalId: query.externalId?.normalize() ?? null,
      email: readAddressFilter('/query/email', 'EMAIL', query.email),
      phone: readAddressFilter('/query/phone', 'SMS', query.phone),
      language: query.language ?? null,
      attribute: readAttributeFilter(query.attribute),
      reference: readReferenceFilter(query.reference),
      after: this.cursors.after(list),
      limit: query.limit,
    };
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listContacts(tx, filter)).map(contactView)),
    );
  }

  /** Throws Problem 404. */
  get(caller: Caller, ref: string): Promise<ContactResponse> {
    return this.db.run(caller.tenantId, async (tx) => contactView(await this.row(tx, ref)));
  }

  /** Changes the fields that are named. Throws Problem 404, 409, 422. */
  update(caller: Caller, ref: string, input: UpdateContactDto): Promise<ContactResponse> {
    const addresses = readAddresses(input);
    return this.db.run(caller.tenantId, async (tx) => {
      const { id } = await heldContact(tx, ref);
      await this.change(tx, id, input, addresses);
      await audit(tx, caller, 'contact.updated', 'contact', id, fieldsOf(input));
      return contactView(await this.row(tx, id));
    });
  }

  /** Soft: messages stay, externalId and addresses are free again, refusals stay in force. Throws Problem 404. */
  remove(caller: Caller, ref: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      const { id } = await heldContact(tx, ref);
      await freeIdentities(tx, id, EVERY_ADDRESS);
      await markDeleted(tx, id);
      await audit(tx, caller, 'contact.deleted', 'contact', id, {});
    });
  }

  /** Messages of all conversations of the contact, newest first. Throws Problem 404. */
  timeline(caller: Caller, ref: string, query: PageQuery): Promise<Page<ContactTimelineEntry>> {
    return this.db.run(caller.tenantId, async (tx) => {
      const { id } = await this.row(tx, ref);
      const list = { tenantId: caller.tenantId, route: `GET /contacts/${id}/timeline`, query };
      const rows = await listTimeline(tx, id, { after: this.cursors.after(list), limit: query.limit });
      return this.cursors.page(list, rows.map(timelineEntry));
    });
  }

  /** The contact that a reference names. Throws Problem 404, the same for another tenant's. */
  row(tx: Tx, ref: string): Promise<ContactRow> {
    return contactRow(tx, ref);
  }

  /** The same, held against other changes until the end of the transaction. Whoever locks more of it locks this first. */
  held(tx: Tx, ref: string): Promise<ContactRow> {
    return heldContact(tx, ref);
  }

  private async change(
    tx: Tx,
    id: string,
    input: UpdateContactDto,
    addresses: readonly AddressChange[],
  ): Promise<void> {
    const externalId = input.externalId?.normalize();
    if (externalId && (await externalIdIsTaken(tx, externalId, { otherThan: id })))
      throw Problem.conflict('already_exists', 'Another contact has this externalId.');
    for (const change of addresses) await setFirstAddress(tx, id, change);
    await changeContact(tx, id, changed(input));
  }
}

function checkEnough(input: CreateContactDto, upsert: boolean): void {
  if (upsert && input.externalId == null) throw Problem.invalidField('/externalId', 'is needed with upsert=true');
  if (Object.values(input).every((value) => value == null))
    throw Problem.invalidField('/externalId', 'is needed, or another field: a contact without any is nobody');
}

function changed(input: UpdateContactDto): ContactChange {
  const { externalId, name, language, timezone, attributes, externalReferences } = input;
  return {
    ...(externalId !== undefined && { externalId: externalId?.normalize() ?? null }),
    ...(name !== undefined && { name: name?.normalize() ?? null }),
    ...(language !== undefined && { language }),
    ...(timezone !== undefined && { timezone }),
    ...(attributes !== undefined && { attributes: attributes ?? {} }),
    ...(externalReferences && { externalReferences: storedReferences(externalReferences) }),
  };
}

/** Which fields were given; never their values, which are personal data. */
function fieldsOf(input: object): { fields: string[] } {
  return { fields: Object.keys(input) };
}
