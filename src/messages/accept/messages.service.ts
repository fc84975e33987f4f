import { Injectable } from '@nestjs/common';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import type { StoredAnswer } from '../../platform/http/idempotency.queries';
import { GATE_REASONS } from '../../preferences/gate/reasons';
import { Dispatcher } from '../dispatch/dispatcher';
import type { AcceptedMessage } from '../reading/message-response.dto';
import { Acceptance } from './acceptance';
import type { Accepted, NewMessage } from './accept.queries';
import type { MessageBodyDto, SendMessageDto } from './message.dto';
import { MessageKeys, type RequestKey } from './message-keys';
import { MessagePreparation } from './preparation';

/** Either a fresh answer, or the one that was given to the same Idempotency-Key before. */
export type SendAnswer = { fresh: AcceptedMessage } | { before: StoredAnswer };

@Injectable()
export class MessagesService {
  constructor(
    private readonly preparation: MessagePreparation,
    private readonly acceptance: Acceptance,
    private readonly dispatcher: Dispatcher,
    private readonly keys: MessageKeys,
  ) {}

  /**
   * Checks a message, and stores it durably: when this returns it is committed. Throws Problem 404 for a channel or contact
   * that is not the caller's, 409 and 422 by name, 503 when the queue of requests is full.
   */
  async send(caller: Caller, input: SendMessageDto, key?: RequestKey): Promise<SendAnswer> {
    // An answer that was given to somebody else is for whoever might have got it.
    if (key && caller.channelTypes !== null) await this.preparation.channelOf(caller, input);
    const before = key && (await this.keys.answerTo(caller.tenantId, key));
    if (before) return { before };
    const { row } = await this.preparation.prepare(caller, input);
    const answer = answerOf(row);
    const stored = await this.acceptance.add(caller.tenantId, key ? this.keys.attach(row, key, answer) : row);
    if (stored.outcome === 'KEY_BUSY') throw Problem.idempotencyInProgress();
    if (stored.outcome === 'KEY_USED' && key) return { before: await this.keys.answerNow(caller.tenantId, key) };
    if (stored.refused) return { fresh: { ...answer, ...refusal(stored.refused) } };
    if (answer.status === 'QUEUED') this.dispatcher.wake.now();
    return { fresh: answer };
  }

  /** Answers in a conversation that is open. */
  async reply(
    caller: Caller,
    session: { channelId: string; counterpart: string },
    input: MessageBodyDto,
    key?: RequestKey,
  ): Promise<SendAnswer> {
    return this.send(caller, { ...input, channelId: session.channelId, to: session.counterpart }, key);
  }
}

function refusal(verdict: NonNullable<Accepted['refused']>): Pick<AcceptedMessage, 'status' | 'reason'> {
  const { code, detail } = GATE_REASONS[verdict];
  return { status: 'SUPPRESSED', reason: { code, detail } };
}

/** In this order: a stored answer is changed where it begins (refused-answers.ts). */
function answerOf(message: NewMessage): AcceptedMessage {
  const later = message.scheduledAt !== null && Date.parse(message.scheduledAt) > Date.now();
  return {
    id: message.id,
    status: later ? 'SCHEDULED' : 'QUEUED',
    reason: null,
    channelId: message.channelId,
    channelType: message.channelType,
    to: message.to,
    scheduledAt: message.scheduledAt,
    clientReference: message.clientReference,
  };
}
