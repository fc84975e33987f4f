import { Injectable } from '@nestjs/common';
import { findAnswer, type KeyScope, type StoredAnswer } from '../../platform/http/idempotency.queries';
import { Problem } from '../../platform/http/problem';
import { TenantDb } from '../../platform/db/tenant-db';
import type { NewMessage } from './accept.queries';
import type { AcceptedMessage } from '../reading/message-response.dto';

/** An Idempotency-Key with the fingerprint of the request that carried it. */
export interface RequestKey {
  /** Route template of the request. */
  route: string;
  key: string;
  fingerprint: string;
}

/** Idempotency of sending: the key goes into the same commit as the message, through the group commit. */
@Injectable()
export class MessageKeys {
  constructor(private readonly db: TenantDb) {}

  /** The answer given to this key before, or undefined. Throws Problem 422 when the key belongs to another request. */
  async answerTo(tenantId: string, { route, key, fingerprint }: RequestKey): Promise<StoredAnswer | undefined> {
    const scope: KeyScope = { tenantId, method: 'POST', route, key };
    const answer = await this.db.run(tenantId, (tx) => findAnswer(tx, scope));
    if (answer && answer.fingerprint !== fingerprint) throw Problem.idempotencyMismatch();
    return answer;
  }

  /** The answer of the request that was faster. Throws Problem 409 when it is not visible yet. */
  async answerNow(tenantId: string, key: RequestKey): Promise<StoredAnswer> {
    const answer = await this.answerTo(tenantId, key);
    if (!answer) throw Problem.idempotencyInProgress();
    return answer;
  }

  /** The message with its key and its answer, to be stored together. */
  attach(message: NewMessage, { route, key, fingerprint }: RequestKey, answer: AcceptedMessage): NewMessage {
    const location = messageLocation(message.id);
    return { ...message, idempotency: { route, key, fingerprint, body: JSON.stringify(answer), location } };
  }
}

/** Where a message can be read. */
export function messageLocation(id: string): string {
  return `/api/v1/communication/messages/${id}`;
}
