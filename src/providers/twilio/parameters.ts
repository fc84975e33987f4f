import type twilio from 'twilio';
import { isMedia } from '../refusals';
import type { Account, ChannelType, Location, OutboundMessage } from '../provider';
import type { TwilioCredentials } from './credentials';

/** What the SDK's `messages.create` takes. */
export type MessageParameters = Parameters<twilio.Twilio['messages']['create']>[0];

/** Twilio repeats a callback five times, on every kind of failure, with 15 s for all of it (webhook connection overrides). */
const CALLBACK_OVERRIDES = '#rc=5&rp=all&tt=15000';

const MAX_VALIDITY_SECONDS = 36_000;

/** The parameters of one message; new on every call. */
export function parametersOf(
  message: OutboundMessage,
  account: Account<TwilioCredentials>,
  now: Date,
): MessageParameters {
  const { messagingServiceSid } = account.credentials;
  return {
    to: addressOf(message.channelType, message.to),
    ...(messagingServiceSid ? { messagingServiceSid } : { from: addressOf(message.channelType, account.from) }),
    ...bodyOf(message),
    ...(account.webhookUrl !== undefined && { statusCallback: statusCallback(account.webhookUrl, message.ref) }),
    ...(message.expiresAt && { validityPeriod: secondsUntil(message.expiresAt, now) }),
  };
}

/** Twilio writes WhatsApp addresses with a prefix in both directions; elsewhere in Carillon they have none. */
export function addressOf(channelType: ChannelType, address: string): string {
  return channelType === 'WHATSAPP' ? `whatsapp:${address}` : address;
}

function bodyOf({ messageType, content }: OutboundMessage): Partial<MessageParameters> {
  const { template, location, media } = content;
  if (messageType === 'TEMPLATE' && template) {
    const hasVariables = Object.keys(template.variables).length > 0;
    return { contentSid: template.name, ...(hasVariables && { contentVariables: JSON.stringify(template.variables) }) };
  }
  if (messageType === 'LOCATION' && location) {
    return {
      body: content.text ?? location.name ?? coordinates(location),
      persistentAction: [locationAction(location)],
    };
  }
  if (isMedia(messageType) && media) {
    const body = media.caption ?? content.text;
    return { mediaUrl: [media.url], ...(body !== undefined && { body }) };
  }
  return { body: content.text ?? '' };
}

/** `geo:latitude,longitude|label`. */
function locationAction(location: Location): string {
  const label = location.address ?? location.name;
  return label ? `geo:${coordinates(location)}|${label}` : `geo:${coordinates(location)}`;
}

function coordinates({ latitude, longitude }: Location): string {
  return `${latitude},${longitude}`;
}

/** The ref comes back in the signed address of the callback. */
function statusCallback(webhookUrl: string, ref: string): string {
  const separator = webhookUrl.includes('?') ? '&' : '?';
  return `${webhookUrl}${separator}r=${encodeURIComponent(ref)}${CALLBACK_OVERRIDES}`;
}

function secondsUntil(expiresAt: Date, now: Date): number {
  const seconds = Math.floor((expiresAt.getTime() - now.getTime()) / 1000);
  return Math.min(MAX_VALIDITY_SECONDS, Math.max(1, seconds));
}
