import { Injectable } from '@nestjs/common';
import { TenantDb } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { Dispatcher } from '../dispatch/dispatcher';
import { cancelMessage, noteAction, replayByFilter, replayByIds, requeueMessage } from './message-actions.queries';
import type { ReplayDto, ReplayResponse } from './message-query.dto';
import { messageRow } from './message-reader';
import type { MessageResponse } from './message-response.dto';
import { messageView } from './message.view';

/** What a person may do to a message that exists. */
@Injectable()
export class MessageActions {
  constructor(
    private readonly db: TenantDb,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** Throws Problem 404, or 409 when a worker has it already or it is over. */
  cancel(caller: Caller, id: string): Promise<MessageResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const message = await messageRow(tx, id);
      if (!(await cancelMessage(tx, id)))
        throw Problem.conflict(
          'message_not_cancellable',
          `The message is ${message.status} and cannot be called back.`,
        );
      await noteAction(tx, [message], 'CANCELLED');
      return messageView(await messageRow(tx, id));
    });
  }

  /** Throws Problem 404, or 409 when there is nothing to retry. */
  async retry(caller: Caller, id: string): Promise<MessageResponse> {
    const message = await this.db.run(caller.tenantId, async (tx) => {
      const { status } = await messageRow(tx, id);
      if (!(await requeueMessage(tx, id)))
        throw Problem.conflict('message_not_retryable', `The message is ${status}; there is nothing to retry.`);
      return messageView(await messageRow(tx, id));
    });
    this.dispatcher.wake.now();
    return message;
  }

  /** Throws Problem 422 unless exactly one of ids and filter is given. */
  async replay(caller: Caller, { ids, filter }: ReplayDto): Promise<ReplayResponse> {
    if ((ids === undefined) === (filter === undefined))
      throw Problem.invalidField('/ids', 'either ids or filter is needed, and not both');
    const replayed = await this.db.run(caller.tenantId, (tx) =>
      ids ? replayByIds(tx, ids) : replayByFilter(tx, filter ?? {}),
    );
    if (replayed) this.dispatcher.wake.now();
    return { replayed };
  }
}
