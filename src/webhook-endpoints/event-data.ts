import { Injectable } from '@nestjs/common';
import { ContactsService } from '../contacts/contacts.service';
import { messageRow } from '../messages/reading/message-reader';
import { messageView } from '../messages/reading/message.view';
import { maskPersonalData } from '../permissions/personal-data/mask';
import type { Tx } from '../platform/db/tenant-db';
import { asTenant } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { SessionsService } from '../sessions/sessions.service';
import type { Happened } from './cloud-event';

/** Standard Webhooks asks for small bodies; what is larger is told by its ids alone. */
const MOST_BYTES = 250_000;

type Read = (tx: Tx, id: string) => Promise<object>;

/** What an event is about, as it stands when it is told: as GET shows it, to whoever set the address. */
@Injectable()
export class EventData {
  private readonly readers: Readonly<Record<string, [name: string, id: string, read: Read]>>;

  constructor(contacts: ContactsService, sessions: SessionsService) {
    this.readers = {
      message: ['message', 'messageId', async (tx, id) => messageView(await messageRow(tx, id))],
      session: ['session', 'sessionId', (tx, id) => sessions.get(asTenant(tx.tenantId), id)],
      contact: ['contact', 'contactId', (tx, id) => contacts.get(asTenant(tx.tenantId), id)],
    };
  }

  /**
   * The ids and states of the event, and the thing itself: null where it is gone, left out where it is too large.
   * @param piiTypes channel types on which personal data may be told; null: on every one.
   */
  async read(
    tx: Tx,
    { type, data }: Pick<Happened, 'type' | 'data'>,
    piiTypes: readonly string[] | null,
  ): Promise<Record<string, unknown>> {
    const reader = this.readers[type.split('.')[0] ?? ''];
    const id = reader && data[reader[1]];
    if (!reader || typeof id !== 'string') return { ...data };
    const whole = { ...data, [reader[0]]: await reader[2](tx, id).catch(nullWhereGone) };
    const shown = piiTypes === null ? whole : maskPersonalData(whole, sightOf(piiTypes));
    const isSmall = Buffer.byteLength(JSON.stringify(shown)) <= MOST_BYTES;
    return isSmall ? (shown as Record<string, unknown>) : { ...data, omitted: reader[0] };
  }
}

function sightOf(piiTypes: readonly string[]) {
  return { sees: (channelType?: string) => channelType !== undefined && piiTypes.includes(channelType), open: [] };
}

function nullWhereGone(error: unknown): null {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}
