import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { findAnswer, storeAnswer, takeKey, type StoredAnswer } from '../../platform/http/idempotency.queries';
import { Problem } from '../../platform/http/problem';
import { nextOccurrences } from '../../platform/time/occurrences';
import type { SendMessageDto } from '../accept/message.dto';
import type { RequestKey } from '../accept/message-keys';
import type { SendAnswer } from '../accept/messages.service';
import { MessagePreparation } from '../accept/preparation';
import { checkTiming } from '../accept/timing';
import type { AcceptedMessage } from '../reading/message-response.dto';
import { databaseNow, insertRecurring, type NewRecurring } from './recurring.queries';
import { requestNow, storedRequest } from './stored-request';

/** A message with a recurrence becomes a schedule; the messages are made when their times come (recurring-clock.ts). */
@Injectable()
export class RecurringMessages {
  constructor(
    private readonly db: TenantDb,
    private readonly preparation: MessagePreparation,
  ) {}

  /**
   * Stores the schedule, and the answer to its key, in one commit. Throws what sending the message now would throw, and Problem
   * 422 for a recurrence that never falls on a day.
   */
  async create(caller: Caller, input: SendMessageDto, key?: RequestKey): Promise<SendAnswer> {
    if (!key) return { fresh: await this.store(caller, input) };
    // An answer that was given to somebody else is for whoever might have got it.
    if (caller.channelTypes !== null) await this.preparation.channelOf(caller, input);
    const scope = { tenantId: caller.tenantId, method: 'POST', route: key.route, key: key.key };
    return this.db.run(caller.tenantId, async (tx): Promise<SendAnswer> => {
      const free = await takeKey(tx, scope);
      const before = await findAnswer(tx, scope);
      if (before && before.fingerprint !== key.fingerprint) throw Problem.idempotencyMismatch();
      if (before) return { before };
      if (!free) throw Problem.idempotencyInProgress();
      const fresh = await this.store(caller, input);
      await storeAnswer(tx, scope, storedAnswer(key, fresh));
      return { fresh };
    });
  }

  private async store(caller: Caller, input: SendMessageDto): Promise<AcceptedMessage> {
    const { scheduledAt, localAt, timezone, graceSeconds } = checkTiming(input);
    if (scheduledAt === null || localAt === null || timezone === null || input.recurrence === undefined)
      throw Problem.invalidField('/recurrence', 'needs scheduledAt and timezone');
    const request = storedRequest(input);
    const recipient = { to: input.to ?? null, contactId: input.contactId ?? null };
    const { row } = await this.preparation.prepare(caller, requestNow(request, recipient), { isTrial: true });
    const schedule: Omit<NewRecurring, 'nextAt'> = {
      id: uuidv7(),
      channelType: row.channelType,
      ...(input.contactId === undefined ? { to: row.to, contactId: null } : recipient),
      ...{ scheduledAt, localAt, timezone, graceSeconds, request },
      recurrence: input.recurrence,
    };
    await this.db.run(caller.tenantId, async (tx) =>
      insertRecurring(tx, { ...schedule, nextAt: await firstTime(tx, schedule) }),
    );
    return {
      ...{ id: schedule.id, status: 'SCHEDULED', reason: null },
      ...{ channelId: row.channelId, channelType: row.channelType, to: row.to },
      ...{ scheduledAt, clientReference: row.clientReference },
    };
  }
}

/** Where the schedule can be read. */
export function scheduleLocation(id: string): string {
  return `/api/v1/communication/scheduled-messages/${id}`;
}

/** The first time of a rule that is not over yet, by the clock of the database. Throws Problem 422 for none. */
export async function firstTime(
  tx: Tx,
  { localAt, timezone, recurrence }: Pick<NewRecurring, 'localAt' | 'timezone' | 'recurrence'>,
): Promise<Date> {
  const [first] = nextOccurrences({ start: localAt, timezone, recurrence }, await databaseNow(tx), 1);
  if (!first) throw Problem.invalidField('/recurrence', 'never falls on a day from scheduledAt on');
  return first;
}

function storedAnswer({ fingerprint }: RequestKey, fresh: AcceptedMessage): StoredAnswer {
  return { fingerprint, status: 202, body: JSON.stringify(fresh), location: scheduleLocation(fresh.id) };
}
