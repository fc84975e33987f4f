import type { INestApplicationContext } from '@nestjs/common';
import { ChannelsService } from '../channels/channels.service';
import type { Caller } from '../platform/http/caller';
import type { ChannelType } from '../providers/provider';

/** Senders of the channels with which a new installation can send a first message without any provider account. */
const CHANNELS: readonly { channelType: ChannelType; name: string; from: string }[] = [
  { channelType: 'EMAIL', name: 'Sandbox e-mail', from: 'hello@sandbox.example' },
  { channelType: 'SMS', name: 'Sandbox SMS', from: '+15005550006' },
  { channelType: 'WHATSAPP', name: 'Sandbox WhatsApp', from: '+15005550006' },
  { channelType: 'TELEGRAM', name: 'Sandbox Telegram', from: '@carillon_sandbox' },
];

/** Gives a tenant that has no channel at all a sandbox channel of every type, each the default of its type. */
export async function ensureSandboxChannels(app: INestApplicationContext, tenantId: string): Promise<void> {
  const channels = app.get(ChannelsService);
  const caller: Caller = { tenantId, keyId: 'installation', userId: null, scopes: ['*'], channelTypes: null };
  if (await channels.everHad(caller)) return;
  for (const channel of CHANNELS)
    await channels.create(caller, { ...channel, providerType: 'sandbox', isDefault: true });
}
