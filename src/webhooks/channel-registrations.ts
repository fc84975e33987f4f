import { Injectable } from '@nestjs/common';
import { ApplicationIo } from '../messages/dispatch/provider-io';
import { TenantDb } from '../platform/db/tenant-db';
import { WorkerDb } from '../platform/db/worker-db';
import { log } from '../platform/log';
import { Loop } from '../platform/work/loop';
import { WorkLoops } from '../platform/work/work-loops';
import type { CheckResult } from '../providers/provider';
import { ChannelAccounts } from '../channels/channel-accounts';
import { endRegistration, noteRegistration, takeDueRegistrations, type DueRegistration } from './registration.queries';

const REGISTER_MS = 1_000;
const CHANNELS_AT_ONCE = 10;

/** Tries at one channel; the last comes four hours after the first. Then it waits for somebody to verify the channel. */
const MOST_ATTEMPTS = 9;

/** Tells providers that let themselves be told where to call us: when a channel is made, and when its credentials change. */
@Injectable()
export class ChannelRegistrations {
  constructor(
    private readonly worker: WorkerDb,
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly io: ApplicationIo,
    loops: WorkLoops,
  ) {
    loops.add(new Loop('registrations', () => this.registerDue(), REGISTER_MS));
  }

  /** Registers what is due. Answers how many channels. */
  async registerDue(): Promise<number> {
    const due = await takeDueRegistrations(this.worker.sql, CHANNELS_AT_ONCE);
    await Promise.all(due.map((one) => this.registerOne(one)));
    return due.length;
  }

  private async registerOne({ tenantId, channelId, attempts }: DueRegistration): Promise<void> {
    const result = await this.register(tenantId, channelId);
    const reason = result.ok ? null : `The provider does not call us: ${result.fault.message}`.slice(0, 500);
    const isOver = result.ok || attempts >= MOST_ATTEMPTS;
    await this.db.run(tenantId, (tx) => (isOver ? endRegistration : noteRegistration)(tx, channelId, reason));
  }

  private async register(tenantId: string, channelId: string): Promise<CheckResult> {
    const open = await this.accounts.findUsable(tenantId, channelId);
    if (!open?.provider.register) return { ok: true }; // deleted meanwhile, or another provider's by now
    if (!open.account.webhookUrl) return NOWHERE;
    try {
      return await open.provider.register(open.account, this.io);
    } catch (error) {
      log.warn({ err: error, tenantId, channelId }, 'channel not registered');
      return {
        ok: false,
        fault: { class: 'transient', code: 'provider_error', message: 'The registration failed inside Carillon.' },
      };
    }
  }
}

const NOWHERE: CheckResult = {
  ok: false,
  fault: { class: 'config', code: 'no_public_url', message: 'PUBLIC_URL is not set, so there is no address to call.' },
};
