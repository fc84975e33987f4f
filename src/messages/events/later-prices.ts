import { Injectable } from '@nestjs/common';
import { ChannelAccounts } from '../../channels/channel-accounts';
import { TenantDb } from '../../platform/db/tenant-db';
import { WorkerDb } from '../../platform/db/worker-db';
import { log } from '../../platform/log';
import type { Money } from '../../providers/provider';
import { ApplicationIo } from '../dispatch/provider-io';
import { endPrice, takeDuePrices, type DuePrice } from './price.queries';

const PRICES_AT_ONCE = 20;

/** Tries at one price; the last comes two days after the first. */
const MOST_ATTEMPTS = 10;

/** Asks providers what messages cost, where they say so only when they are asked. */
@Injectable()
export class LaterPrices {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly io: ApplicationIo,
  ) {}

  /** Asks for what is due. Answers how many messages. */
  async askDue(): Promise<number> {
    const due = await takeDuePrices(this.worker.sql, PRICES_AT_ONCE);
    await Promise.all(due.map((one) => this.askOne(one)));
    return due.length;
  }

  private async askOne(due: DuePrice): Promise<void> {
    const price = await this.priceOf(due);
    if (price === 'LATER' && due.attempts < MOST_ATTEMPTS) return;
    await this.db.run(due.tenantId, (tx) => endPrice(tx, due.messageId, price === 'LATER' ? undefined : price));
  }

  private async priceOf({
    tenantId,
    messageId,
    channelId,
    providerMessageId,
  }: DuePrice): Promise<Money | 'LATER' | undefined> {
    const open = await this.accounts.findUsable(tenantId, channelId);
    if (!open?.provider.price || !providerMessageId) return undefined;
    try {
      return await open.provider.price(providerMessageId, open.account, this.io);
    } catch (error) {
      log.warn({ err: error, tenantId, messageId }, 'price could not be asked for');
      return 'LATER';
    }
  }
}
