import { Injectable } from '@nestjs/common';
import { ChannelAccounts } from '../channels/channel-accounts';
import { Config } from '../config';
import { ApplicationIo } from '../messages/dispatch/provider-io';
import { TenantDb } from '../platform/db/tenant-db';
import { WorkerDb } from '../platform/db/worker-db';
import { log } from '../platform/log';
import { providers } from '../providers/registry';
import { rememberPoll, takeDuePolls, type DuePoll } from './poll.queries';
import { ProviderEvents } from './provider-events';

const POLLS_AT_ONCE = 10;

/** How far back the first poll of a channel looks. */
const FIRST_LOOK_MS = 3_600_000;

/** Asks providers for events that they might have told us in vain. What was told before has no second effect. */
@Injectable()
export class EventPolls {
  private readonly types = providers()
    .filter((provider) => provider.poll !== undefined)
    .map(({ type }) => type);

  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly events: ProviderEvents,
    private readonly io: ApplicationIo,
    private readonly config: Config,
  ) {}

  /** Polls the channels that are due. Answers how many. */
  async pollDue(): Promise<number> {
    const everySeconds = this.config.EVENT_POLL_SECONDS;
    const due = await takeDuePolls(this.worker.sql, this.types, { limit: POLLS_AT_ONCE, everySeconds });
    await Promise.all(due.map((poll) => this.pollOne(poll)));
    return due.length;
  }

  private async pollOne(poll: DuePoll): Promise<void> {
    try {
      const open = await this.accounts.findUsable(poll.tenantId, poll.channelId);
      const since = poll.polledUntil ?? new Date(this.io.now().getTime() - FIRST_LOOK_MS);
      const news = await open?.provider.poll?.(open.account, this.io, since);
      if (!open || !news) return;
      // One event, one transaction: after a fault the next poll begins at the same place, and finds those done that are done.
      for (const event of news.events) await this.db.run(poll.tenantId, (tx) => this.events.apply(tx, open, event));
      await rememberPoll(this.worker.sql, poll, news.until);
    } catch (error) {
      log.warn({ err: error, tenantId: poll.tenantId, channelId: poll.channelId }, 'provider could not be polled');
    }
  }
}
