import { Injectable } from '@nestjs/common';
import { readAddresses } from '../contacts/contact-addresses';
import type { CreateContactDto } from '../contacts/contact.dto';
import { ContactsService } from '../contacts/contacts.service';
import { findHolder } from '../contacts/identity.queries';
import type { Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import type { CreateEventDto } from './event.dto';

/** Whom an event is about. */
@Injectable()
export class EventContacts {
  constructor(private readonly contacts: ContactsService) {}

  /** The contact's id; null where the event is about nobody. Throws Problem 404, 409 and 422 as contacts do. */
  async of(tx: Tx, caller: Caller, { contactId, contact }: CreateEventDto): Promise<string | null> {
    if (contactId != null) return (await this.contacts.row(tx, contactId)).id;
    if (contact == null) return null;
    return this.madeOrFound(tx, caller, contact).catch((error: unknown) => {
      throw error instanceof Problem ? error.within('/contact') : error;
    });
  }

  private async madeOrFound(tx: Tx, caller: Caller, contact: CreateContactDto): Promise<string> {
    if (contact.externalId == null)
      for (const { channelType, address } of readAddresses(contact)) {
        const holder = address === null ? undefined : await findHolder(tx, { channelType, address });
        if (holder !== undefined) return holder;
      }
    return (await this.contacts.create(caller, contact, contact.externalId != null)).contact.id;
  }
}
