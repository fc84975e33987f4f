import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import { askGate, type GateQuestion } from '../../preferences/gate/gate.queries';
import { sessionRow } from '../../sessions/sessions.service';
import { CommunicationMessage } from '../communication-message.entity';
import { MessageAttempt } from '../message-attempt.entity';
import { MessageEvent } from '../message-event.entity';
import { listDeadLetters, listMessages } from './message-list.queries';
import type { DeadLetterQuery, MessageQuery, SessionMessagesQuery } from './message-query.dto';
import type { MessageResponse, MessageWithTimeline, WhyResponse } from './message-response.dto';
import { messageView } from './message.view';
import { timelineOf } from './timeline';
import { explain, MAY_STILL_GO } from './why';

/** Reading messages: one with its story, lists, and why one stands where it stands. */
@Injectable()
export class MessageReader {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
  ) {}

  /** Throws Problem 404. */
  get(caller: Caller, id: string): Promise<MessageWithTimeline> {
    return this.db.run(caller.tenantId, async (tx) => {
      const message = await messageRow(tx, id);
      const where = { tenantId: tx.tenantId, messageId: id };
      const attempts = await tx.manager.find(MessageAttempt, { where, order: { attemptNo: 'ASC' } });
      const events = await tx.manager.find(MessageEvent, { where, order: { receivedAt: 'ASC' }, take: 200 });
      return { ...messageView(message), timeline: timelineOf(message, attempts, events) };
    });
  }

  async list(caller: Caller, query: MessageQuery): Promise<Page<MessageResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /messages', query };
    const after = this.cursors.after(list);
    const messages = await this.db.run(caller.tenantId, (tx) => listMessages(tx, query, after));
    return this.cursors.page(list, messages.map(messageView));
  }

  /** The messages of one conversation. Throws Problem 404 for a session that is not the caller's. */
  async ofSession(caller: Caller, sessionId: string, query: SessionMessagesQuery): Promise<Page<MessageResponse>> {
    await this.db.run(caller.tenantId, (tx) => sessionRow(tx, sessionId));
    return this.list(caller, { ...query, sessionId });
  }

  async deadLetters(caller: Caller, query: DeadLetterQuery): Promise<Page<MessageResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /dead-letters', query };
    const after = this.cursors.after(list);
    const messages = await this.db.run(caller.tenantId, (tx) => listDeadLetters(tx, query, after));
    return this.cursors.page(list, messages.map(messageView));
  }

  /** Throws Problem 404. */
  why(caller: Caller, id: string): Promise<WhyResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const message = await messageRow(tx, id);
      const asked = message.direction === 'OUTBOUND' && MAY_STILL_GO.includes(message.status);
      return explain(message, asked ? await askGate(tx, questionOf(message)) : null);
    });
  }
}

function questionOf(message: CommunicationMessage): GateQuestion {
  const { id: messageId, toAddress: address, channelId, channelType, contactId, purpose, topic, lane } = message;
  return { channelId, channelType, address, contactId, messageId, purpose, topic, lane };
}

/** The row of a message. Throws Problem 404, the same for another tenant's id. */
export async function messageRow(tx: Tx, id: string): Promise<CommunicationMessage> {
  const message = await tx.manager.findOneBy(CommunicationMessage, { tenantId: tx.tenantId, id });
  if (!message) throw Problem.notFound('message');
  return message;
}
