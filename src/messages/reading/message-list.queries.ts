import type { Tx } from '../../platform/db/tenant-db';
import { CommunicationMessage } from '../communication-message.entity';
import type { DeadLetterQuery, MessageQuery } from './message-query.dto';

/** Newest first, one more than asked for. A recipient and a contact are found through their conversations, which are indexed. */
export function listMessages(tx: Tx, query: MessageQuery, after: string | null): Promise<CommunicationMessage[]> {
  const messages = newestFirst(tx, query.limit, after);
  if (query.direction) messages.andWhere('m.direction = :direction', { direction: query.direction });
  else if (!query.sessionId && query.status !== 'NOTED') messages.andWhere(`m.direction <> 'INTERNAL'`);
  if (query.status) messages.andWhere('m.status = :status', { status: query.status });
  if (query.channelId) messages.andWhere('m.channelId = :channelId', { channelId: query.channelId });
  if (query.sessionId) messages.andWhere('m.sessionId = :sessionId', { sessionId: query.sessionId });
  if (query.from) messages.andWhere('m.createdAt >= :from', { from: query.from });
  if (query.until) messages.andWhere('m.createdAt < :until', { until: query.until });
  if (query.contactId)
    messages.andWhere(
      `m.sessionId IN (SELECT s.id FROM communication_session s WHERE s.tenant_id = :tenantId AND s.contact_id = :contactId)`,
      { contactId: query.contactId },
    );
  if (query.to)
    messages.andWhere(
      `m.toAddress = :to AND m.sessionId IN
        (SELECT s.id FROM communication_session s WHERE s.tenant_id = :tenantId AND s.counterpart = :to)`,
      { to: query.to },
    );
  return messages.getMany();
}

export function listDeadLetters(tx: Tx, query: DeadLetterQuery, after: string | null): Promise<CommunicationMessage[]> {
  const messages = newestFirst(tx, query.limit, after).andWhere('m.deadAt IS NOT NULL');
  if (query.channelId) messages.andWhere('m.channelId = :channelId', { channelId: query.channelId });
  if (query.reason) messages.andWhere('m.reasonCode = :reason', { reason: query.reason });
  return messages.getMany();
}

function newestFirst(tx: Tx, limit: number, after: string | null) {
  const messages = tx.manager
    .createQueryBuilder(CommunicationMessage, 'm')
    .where('m.tenantId = :tenantId', { tenantId: tx.tenantId })
    .orderBy('m.id', 'DESC')
    .limit(limit + 1);
  return after ? messages.andWhere('m.id < :after', { after }) : messages;
}
