import { Injectable } from '@nestjs/common';
import { Config } from '../config';
import { Problem } from '../platform/http/problem';
import { log } from '../platform/log';
import { TenantDb } from '../platform/db/tenant-db';
import type { Account, ChannelType, Provider } from '../providers/provider';
import { findProvider, usualBaseUrl } from '../providers/registry';
import { ChannelSecrets } from './channel-secrets';
import { CommunicationChannel } from './communication-channel.entity';

/** A channel ready for its provider. */
export interface OpenChannel {
  channel: CommunicationChannel;
  provider: Provider;
  account: Account;
}

const FRESH_FOR_MS = 1_000;
const MOST_OPEN = 5_000;

/**
 * Channels with their credentials opened, remembered for one second: sending a thousand messages on one channel must not
 * open its envelope a thousand times. What a change does within that second is decided at the gate, in the database.
 */
@Injectable()
export class ChannelAccounts {
  private readonly fresh = new Map<string, { opened: Promise<OpenChannel | undefined>; until: number }>();

  constructor(
    private readonly db: TenantDb,
    private readonly secrets: ChannelSecrets,
    private readonly config: Config,
  ) {}

  /**
   * The channel of this id, or undefined; also undefined for another tenant's. Throws Problem 409 when its credentials cannot
   * be read any more.
   */
  find(tenantId: string, channelId: string): Promise<OpenChannel | undefined> {
    return this.remember(`${tenantId} ${channelId}`, () => this.load(tenantId, { id: channelId }));
  }

  /** As find, but undefined for a channel whose credentials cannot be read: for those who can do nothing about it. */
  async findUsable(tenantId: string, channelId: string): Promise<OpenChannel | undefined> {
    try {
      return await this.find(tenantId, channelId);
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  /** The tenant's default channel of a type, or undefined. Throws as find does. */
  findDefault(tenantId: string, channelType: ChannelType): Promise<OpenChannel | undefined> {
    return this.remember(`${tenantId} ${channelType}`, () => this.load(tenantId, { channelType, isDefault: true }));
  }

  /** Forgets what was remembered: after a channel was changed here. */
  forget(): void {
    this.fresh.clear();
  }

  /** Address that the provider calls. */
  webhookUrl(channel: Pick<CommunicationChannel, 'providerType' | 'webhookKey'>): string {
    const base = this.config.PUBLIC_URL ?? `http://${this.config.HOST}:${this.config.PORT}`;
    return `${base.replace(/\/+$/, '')}/api/v1/communication/webhooks/${channel.providerType}/${channel.webhookKey}`;
  }

  /** The channel as its provider sees it. Throws as find does. */
  open(channel: CommunicationChannel): OpenChannel {
    const provider = findProvider(channel.providerType);
    if (!provider) throw new Error(`Provider ${channel.providerType} of channel ${channel.id} is not installed`);
    const secrets = this.secrets.openIfReadable(channel);
    if (!secrets) {
      log.error({ tenantId: channel.tenantId, channelId: channel.id }, 'credentials of a channel cannot be read');
      throw Problem.conflict('channel_inactive', 'This channel cannot be used until its credentials are given anew.');
    }
    const account: Account = {
      tenantId: channel.tenantId,
      channelId: channel.id,
      channelType: channel.channelType as ChannelType,
      from: channel.fromAddress,
      ...secrets,
      settings: channel.settings,
      baseUrl: this.config.providerUrls[provider.type] ?? '',
      ...(this.config.PUBLIC_URL && { webhookUrl: this.webhookUrl(channel) }),
    };
    account.baseUrl ||= usualBaseUrl(provider, account);
    return { channel, provider, account };
  }

  private remember(name: string, load: () => Promise<OpenChannel | undefined>): Promise<OpenChannel | undefined> {
    const key = `${name} ${this.db.heldTo}`; // "not there" may be true for one caller only
    const known = this.fresh.get(key);
    if (known && known.until > performance.now()) return known.opened;
    if (this.fresh.size >= MOST_OPEN) this.fresh.clear();
    const opened = load();
    this.fresh.set(key, { opened, until: performance.now() + FRESH_FOR_MS });
    opened.catch(() => this.fresh.delete(key)); // a failure is not worth remembering
    return opened;
  }

  private async load(tenantId: string, where: { id?: string; channelType?: string; isDefault?: boolean }) {
    const channels = await this.db.run(tenantId, (tx) =>
      tx.manager.find(CommunicationChannel, { where: { tenantId, ...where } }),
    );
    const channel = channels.find(({ deletedAt }) => deletedAt === null);
    return channel && this.open(channel);
  }
}
