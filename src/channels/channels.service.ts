import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { audit } from '../permissions/audit';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Provider } from '../providers/provider';
import { ChannelAccounts } from './channel-accounts';
import { checkChannel } from './channel-check';
import { holdChannel } from './channel-lock';
import { ChannelSecrets } from './channel-secrets';
import { ChannelState } from './channel-state.entity';
import type { ChannelQuery, CreateChannelDto, UpdateChannelDto } from './channel.dto';
import { listChannels, nameIsTaken, takeDefaultFromOthers } from './channel.queries';
import { registerSoon } from './register-soon';
import { channelView, type ChannelView } from './channel.view';
import { CommunicationChannel } from './communication-channel.entity';

/** 160 random bits: whoever knows a call-back address was told it. */
const WEBHOOK_KEY_BYTES = 20;

@Injectable()
export class ChannelsService {
  constructor(
    private readonly db: TenantDb,
    private readonly secrets: ChannelSecrets,
    private readonly accounts: ChannelAccounts,
    private readonly cursors: Cursors,
  ) {}

  /** Throws Problem 422 for what the provider does not accept, 409 for a name that is taken. */
  async create(caller: Caller, input: CreateChannelDto): Promise<ChannelView> {
    const provider = checkChannel(input);
    const id = uuidv7();
    const place = { tenantId: caller.tenantId, id, credentialsVersion: 1 };
    const credentials = input.credentials ?? {};
    return this.db.run(caller.tenantId, async (tx) => {
      if (await nameIsTaken(tx, input.name)) throw Problem.conflict('duplicate_name', 'Another channel has this name.');
      if (input.isDefault) await takeDefaultFromOthers(tx, input.channelType);
      await tx.manager.save(CommunicationChannel, {
        ...place,
        name: input.name,
        channelType: input.channelType,
        providerType: provider.type,
        fromAddress: input.from,
        credentials: this.secrets.seal(place, credentials),
        isDefault: input.isDefault ?? false,
        ratePerSecond: input.rateLimit ? String(input.rateLimit.perSecond) : null,
        settings: input.settings ?? {},
        accountKey: accountKey(provider, credentials, id),
        webhookKey: randomBytes(WEBHOOK_KEY_BYTES).toString('base64url'),
      });
      await tx.manager.insert(ChannelState, {
        tenantId: caller.tenantId,
        channelId: id,
        registerDueAt: provider.register ? new Date() : null,
      });
      await audit(tx, caller, 'channel.created', 'channel', id, { name: input.name, providerType: provider.type });
      this.accounts.forget();
      return this.view(await this.row(tx, id));
    });
  }

  async list(caller: Caller, query: ChannelQuery): Promise<Page<ChannelView>> {
    const list = { tenantId: caller.tenantId, route: 'GET /channels', query };
    return this.db.run(caller.tenantId, async (tx) => {
      const channels = await listChannels(tx, query, this.cursors.after(list));
      return this.cursors.page(
        list,
        channels.map((channel) => this.view(channel)),
      );
    });
  }

  /** Throws Problem 404. */
  get(caller: Caller, id: string): Promise<ChannelView> {
    return this.db.run(caller.tenantId, async (tx) => this.view(await this.row(tx, id)));
  }

  /** Changes the fields that are named. Throws Problem 404, 409, 422. */
  update(caller: Caller, id: string, input: UpdateChannelDto): Promise<ChannelView> {
    return this.db.run(caller.tenantId, async (tx) => {
      const channel = await this.row(tx, id);
      // Credentials that cannot be read any more can be replaced, all of them.
      const before = this.secrets.openIfReadable(channel);
      const credentials = { ...before?.credentials, ...input.credentials };
      const provider = checkChannel({ ...shapeOf(channel), ...input, credentials });
      if (input.name && input.name !== channel.name && (await nameIsTaken(tx, input.name)))
        throw Problem.conflict('duplicate_name', 'Another channel has this name.');
      if (input.isDefault && !channel.isDefault) await takeDefaultFromOthers(tx, channel.channelType);
      const resealed =
        input.credentials && this.resealed(channel, provider, { credentials, webhookSecret: before?.webhookSecret });
      await tx.manager.save(Object.assign(channel, changed(input), resealed, { updatedAt: new Date() }));
      if (resealed && provider.register) await registerSoon(tx, id);
      if (input.status !== undefined) holdChannel(tx, id);
      await audit(tx, caller, 'channel.updated', 'channel', id, { fields: Object.keys(input) });
      this.accounts.forget();
      return this.view(await this.row(tx, id));
    });
  }

  /** Soft: history stays, the name is free again, waiting messages wait for ever. Throws Problem 404. */
  remove(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      await this.row(tx, id);
      await tx.manager.update(
        CommunicationChannel,
        { tenantId: caller.tenantId, id },
        { deletedAt: new Date(), isDefault: false },
      );
      holdChannel(tx, id);
      await audit(tx, caller, 'channel.deleted', 'channel', id, {});
      this.accounts.forget();
    });
  }

  /** Whether the tenant ever made a channel, deleted ones included. */
  everHad(caller: Caller): Promise<boolean> {
    return this.db.run(caller.tenantId, (tx) =>
      tx.manager.existsBy(CommunicationChannel, { tenantId: caller.tenantId }),
    );
  }

  /** The row as it stands. Throws Problem 404, the same for another tenant's id. */
  async row(tx: Tx, id: string): Promise<CommunicationChannel> {
    const channel = await tx.manager.findOneBy(CommunicationChannel, { tenantId: tx.tenantId, id });
    if (!channel || channel.deletedAt) throw Problem.notFound('channel');
    return channel;
  }

  private view(channel: CommunicationChannel): ChannelView {
    return channelView(channel, {
      credentials: this.secrets.openIfReadable(channel)?.credentials ?? 'UNREADABLE',
      webhookUrl: this.accounts.webhookUrl(channel),
    });
  }

  private resealed(
    channel: CommunicationChannel,
    provider: Provider,
    { credentials, webhookSecret }: { credentials: Record<string, string>; webhookSecret: string | undefined },
  ) {
    const place = { tenantId: channel.tenantId, id: channel.id, credentialsVersion: channel.credentialsVersion + 1 };
    return {
      credentials: this.secrets.seal(place, credentials, webhookSecret),
      credentialsVersion: place.credentialsVersion,
      accountKey: accountKey(provider, credentials, channel.id),
      verifiedAt: null,
    };
  }
}

/** How a request names this channel where its address does not. */
function accountKey(provider: Provider, credentials: Record<string, string>, id: string): string | null {
  if (!provider.webhook?.accountKeys) return null;
  return provider.webhook.accountKeyOf?.(credentials) ?? `channel:${id}`;
}

function shapeOf(channel: CommunicationChannel): CreateChannelDto {
  return {
    name: channel.name,
    channelType: channel.channelType as CreateChannelDto['channelType'],
    providerType: channel.providerType,
    from: channel.fromAddress,
  };
}

function changed({ name, from, isDefault, rateLimit, settings, status }: UpdateChannelDto) {
  return {
    ...(name !== undefined && { name }),
    ...(from !== undefined && { fromAddress: from }),
    ...(isDefault !== undefined && { isDefault }),
    ...(rateLimit !== undefined && { ratePerSecond: String(rateLimit.perSecond) }),
    ...(settings !== undefined && { settings }),
    ...(status !== undefined && { status, statusReason: null }),
  };
}
