import { findProvider, maskCredentials } from '../providers/registry';
import type { CommunicationChannel } from './communication-channel.entity';

export interface ChannelViewOptions {
  /** UNREADABLE: altered, moved from another row, or sealed under a master key that is gone. */
  credentials: Readonly<Record<string, string>> | 'UNREADABLE';
  webhookUrl: string;
}

/** A channel as the API shows it: named fields only, so that a new column can never slip out; secrets masked. */
export function channelView(channel: CommunicationChannel, { credentials, webhookUrl }: ChannelViewOptions) {
  const provider = findProvider(channel.providerType);
  return {
    id: channel.id,
    name: channel.name,
    channelType: channel.channelType,
    providerType: channel.providerType,
    from: channel.fromAddress,
    status: channel.status,
    statusReason: credentials === 'UNREADABLE' ? 'credentials_unreadable' : channel.statusReason,
    isDefault: channel.isDefault,
    credentials: provider && credentials !== 'UNREADABLE' ? maskCredentials(provider, credentials) : {},
    rateLimit: channel.ratePerSecond === null ? null : { perSecond: Number(channel.ratePerSecond) },
    settings: channel.settings,
    webhookUrl,
    verifiedAt: channel.verifiedAt?.toISOString() ?? null,
    createdAt: channel.createdAt.toISOString(),
    updatedAt: channel.updatedAt.toISOString(),
  };
}

export type ChannelView = ReturnType<typeof channelView>;
