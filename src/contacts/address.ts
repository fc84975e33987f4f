import type { ChannelType } from '../providers/provider';
import { normaliseEmail } from './email-address';
import type { Normalised } from './normalised';
import { normalisePhone } from './phone-address';

/**
 * Brings an address of a channel type to its one spelling, so that a person has one identity and one suppression however
 * the address was typed. Pure; never throws, whatever the text holds.
 */
export function normaliseAddress(channelType: ChannelType, input: string): Normalised {
  return NORMALISERS[channelType](input);
}

const NORMALISERS: Readonly<Record<ChannelType, (input: string) => Normalised>> = {
  EMAIL: normaliseEmail,
  SMS: normalisePhone,
  WHATSAPP: (input) => (BUSINESS_SCOPED_ID.test(input) ? { address: input } : normalisePhone(input)),
  TELEGRAM: normaliseTelegram,
};

/** What WhatsApp gives instead of a number for people who hide theirs: a country and an opaque id. */
const BUSINESS_SCOPED_ID = /^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$/;

/** Telegram ids have at most 52 significant bits today; the documented type of a chat id is a signed 64-bit integer. */
const CHAT_ID = /^-?[1-9]\d{0,18}$/;
const USERNAME = /^@[A-Za-z][A-Za-z0-9_]{4,31}$/;

function normaliseTelegram(input: string): Normalised {
  // Names are the same in any case; ids beyond 2^53 must stay text, a JavaScript number would round them.
  if (USERNAME.test(input)) return { address: input.toLowerCase() };
  if (CHAT_ID.test(input) && BigInt.asIntN(64, BigInt(input)) === BigInt(input)) return { address: input };
  return {
    fault: 'must be a Telegram chat id in digits, such as -1001234567890, or a @username of 5 to 32 characters',
  };
}
