import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { asTenant } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { EventContacts } from '../event-contact';
import { FanOut } from '../fan-out';
import { tellEvents } from '../tell';
import { noteArrival, storeUnreadable } from './event-source.queries';
import { readSourceMessage, type Arrived, type SourceMessage } from './source-message';
import type { SourceKind } from './source-settings';

/** Where messages come from. */
export interface Origin {
  tenantId: string;
  id: string;
  kind: SourceKind;
}

type EventMessage = SourceMessage & { kind: 'EVENT' };

interface Read {
  arrived: Arrived;
  said: SourceMessage;
}

/** So much of what cannot be read is kept. */
const MOST_RAW = 65_536;

/** Makes messages of a source into events: when `take` returns they are stored, and only then may the source forget them. */
@Injectable()
export class SourceIntake {
  constructor(
    private readonly db: TenantDb,
    private readonly contacts: EventContacts,
    private readonly fanOut: FanOut,
  ) {}

  /** All of them, once each. What cannot be read goes into the dead letter, with what it was. */
  async take(origin: Origin, arrived: readonly Arrived[]): Promise<void> {
    if (!arrived.length) return;
    const read = withoutCopies(arrived.map((each) => ({ arrived: each, said: readSourceMessage(each) })));
    await this.db.run(origin.tenantId, async (tx) => {
      for (const { arrived: each, said } of read) await this.store(tx, origin, each, said);
      await noteArrival(tx, origin.id);
    });
    // One at a time: whom it is about may be refused, and what was stored for it is then taken back with it.
    for (const { arrived: each, said } of read) if (said.kind === 'EVENT') await this.tell(origin, each, said);
    this.fanOut.wake.now();
  }

  private async store(tx: Tx, { kind: source }: Origin, arrived: Arrived, said: SourceMessage): Promise<void> {
    if (said.kind === 'UNREADABLE') await putAside(tx, source, arrived, said.reason);
    if (said.kind === 'NOTIFICATION') await tellEvents(tx, [{ ...said, source }]);
  }

  /** One that was put aside, read anew: this program may have learnt to. Throws Problem 422 with the reason, where it has not. */
  async again(tx: Tx, source: SourceKind, arrived: Arrived): Promise<void> {
    const said = readSourceMessage(arrived);
    if (said.kind === 'UNREADABLE') throw Problem.invalidField('/payload/raw', said.reason);
    if (said.kind === 'NOTIFICATION') await tellEvents(tx, [{ ...said, source }]);
    else await this.tellEvent(tx, source, said);
  }

  private async tell({ tenantId, kind: source }: Origin, arrived: Arrived, said: EventMessage): Promise<void> {
    try {
      await this.db.run(tenantId, (tx) => this.tellEvent(tx, source, said));
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      await this.db.run(tenantId, (tx) => putAside(tx, source, arrived, reasonOf(error)));
    }
  }

  private async tellEvent(tx: Tx, source: SourceKind, { input, eventId, at }: EventMessage): Promise<void> {
    const contactId = await this.contacts.of(tx, asTenant(tx.tenantId), input);
    const when = input.at == null ? at : new Date(input.at);
    await tellEvents(tx, [{ type: input.name, source, eventId, contactId, data: input.payload ?? {}, at: when }]);
  }
}

/** Copies often come together: there is nothing to ask the database about them. */
function withoutCopies(read: readonly Read[]): Read[] {
  const seen = new Set<string>();
  return read.filter(({ said }) => {
    if (said.kind === 'UNREADABLE') return true;
    const isCopy = seen.has(said.eventId);
    seen.add(said.eventId);
    return !isCopy;
  });
}

function putAside(tx: Tx, source: SourceKind, { body, sourceId }: Arrived, reason: string): Promise<void> {
  // PostgreSQL keeps neither NUL nor half a surrogate pair.
  const text = body.replaceAll('\0', '').toWellFormed();
  const raw = text.slice(0, MOST_RAW).toWellFormed();
  const data = { sourceId, raw, ...(raw.length < body.length && { truncated: true }) };
  return storeUnreadable(tx, { source, eventId: `unreadable:${sourceId}`.slice(0, 300), reason, data });
}

function reasonOf({ code, errors }: Problem): string {
  return [code, ...errors.map(({ pointer }) => pointer)].join(': ').slice(0, 500);
}
