import type { Account, ChannelType } from '../../src/providers/provider';
import type { Kit } from './kit';
import { KITS } from './kits';
import { WEBHOOK_SECRET } from './webhook-secret';

/** The kit of a registered provider; a provider without one fails the contract test. */
export function kitOf(type: string): Kit {
  const kit = KITS[type];
  if (!kit) throw new Error(`test/providers/kits knows nothing of ${type}.`);
  return kit;
}

/** A channel of this provider. */
export function accountOf(type: string, channelType: ChannelType, baseUrl = 'http://provider.invalid'): Account {
  const { credentials, settings, from } = kitOf(type);
  return {
    tenantId: '0197a000-0000-7000-8000-0000000000a1',
    channelId: '0197a000-0000-7000-8000-0000000000c1',
    channelType,
    from: from[channelType] ?? '',
    credentials,
    settings,
    webhookSecret: WEBHOOK_SECRET,
    webhookUrl: `https://hooks.acme.example/api/v1/communication/webhooks/${type}/k1`,
    baseUrl,
  };
}
