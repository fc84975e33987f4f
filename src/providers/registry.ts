import type { Account, ChannelType, CredentialField, Provider } from './provider';
import * as registered from './index';
import type { Judged, Refusal } from './refusals';
import { countSmsParts } from './sms-parts';

/** One masked credential: whether it is set, and just enough to recognise it. */
export type MaskedCredential = { set: true; last4: string | null } | { set: true; value: string };

const PROVIDERS: readonly Provider[] = Object.values(registered);
const BY_TYPE = new Map(PROVIDERS.map((provider) => [provider.type, provider]));

/** Below this length the last four characters would give away too much of a secret. */
const MIN_LENGTH_FOR_LAST4 = 12;

/** Every provider of index.ts. */
export function providers(): readonly Provider[] {
  return PROVIDERS;
}

/** The provider of this type, undefined when there is none. */
export function findProvider(type: string): Provider | undefined {
  return BY_TYPE.get(type);
}

/** Everything wrong with these credentials, by JSON pointer into the request; an empty list means that they may be stored. */
export function checkCredentials(provider: Provider, input: Readonly<Record<string, unknown>>): Refusal[] {
  const known = new Set(provider.credentials.map(({ name }) => name));
  const unknown = Object.keys(input).filter((name) => !known.has(name));
  return [
    ...unknown.map((name) => ({ pointer: pointerTo(name), message: `${provider.label} has no such credential.` })),
    ...provider.credentials.flatMap((field) =>
      checkField(field, Object.hasOwn(input, field.name) ? input[field.name] : undefined),
    ),
  ];
}

/** The credentials as an API answer may show them: of a secret whether it is set and its last four characters. */
export function maskCredentials(
  provider: Provider,
  credentials: Readonly<Record<string, string>>,
): Record<string, MaskedCredential> {
  const shown = provider.credentials.flatMap((field): [string, MaskedCredential][] => {
    const value = credentials[field.name];
    return value === undefined ? [] : [[field.name, maskedField(field, value)]];
  });
  return Object.fromEntries(shown);
}

/** How many parts a text takes on this channel type, before anybody sent it; null where texts are not cut into parts. */
export function estimateParts(channelType: ChannelType, text: string | undefined): number | null {
  return channelType === 'SMS' && text !== undefined ? countSmsParts(text) : null;
}

/** What GET /providers says about a provider. */
export function describeProvider({ type, label, credentials, channels }: Provider) {
  const fields = credentials.map(({ options, ...field }) => ({ ...field, ...(options && { options: [...options] }) }));
  return { type, label, channelTypes: Object.keys(channels), credentials: fields, channels };
}

/** The provider's public base URL for such an account. */
export function usualBaseUrl(
  provider: Provider,
  account: Pick<Account, 'channelType' | 'credentials' | 'settings'>,
): string {
  return provider.baseUrlOf?.(account) ?? provider.defaultBaseUrl;
}

/** What of this message the provider cannot express: an unknown channel type, else whatever its `refuse` names. */
export function refusalsOf(provider: Provider, message: Judged): Refusal[] {
  if (!provider.channels[message.channelType]) {
    return [{ pointer: '/channelType', message: `${provider.label} does not carry ${message.channelType}.` }];
  }
  return provider.refuse?.(message) ?? [];
}

function checkField({ name, label, pattern, required, options }: CredentialField, value: unknown): Refusal[] {
  const pointer = pointerTo(name);
  if (value === undefined) return required ? [{ pointer, message: `${label} is required.` }] : [];
  if (typeof value !== 'string' || !new RegExp(`^(?:${pattern})$`).test(value)) {
    return [{ pointer, message: `${label} does not have the expected form.` }];
  }
  if (options && !options.includes(value))
    return [{ pointer, message: `${label} must be one of ${options.join(', ')}.` }];
  return [];
}

function maskedField(field: CredentialField, value: string): MaskedCredential {
  if (!field.secret) return { set: true, value };
  return { set: true, last4: value.length >= MIN_LENGTH_FOR_LAST4 ? value.slice(-4) : null };
}

/** RFC 6901: `~` and `/` inside a name are escaped. */
function pointerTo(name: string): string {
  return `/credentials/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
