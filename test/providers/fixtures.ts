import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Attachment, ChannelType, Content, OutboundMessage, WebhookRequest } from '../../src/providers/provider';

/** One pair of files: what goes in and what must come out. */
export interface Fixture<Input> {
  name: string;
  input: Input;
  /** As JSON: dates as ISO 8601, bytes as `{ "base64": … }`. */
  expected: unknown;
}

export interface WebhookInput {
  channelType: ChannelType;
  request: WebhookRequest;
}

export interface SendInput {
  message: OutboundMessage;
  /** What differs from the usual channel of the provider. */
  account: { credentials?: Record<string, string>; settings?: Record<string, unknown>; webhookUrl?: string | null };
}

const ROOT = join(__dirname, '../../src/providers');

/** Pairs `webhook.<case>.request.json` -> `webhook.<case>.events.json`. */
export function webhookFixtures(type: string): Fixture<WebhookInput>[] {
  return pairs<RawWebhook>(type, 'webhook', 'request', 'events').map(({ name, input, expected }) => ({
    name,
    input: webhookInput(input),
    expected,
  }));
}

/** Pairs `send.<case>.message.json` -> `send.<case>.request.json`. */
export function sendFixtures(type: string): Fixture<SendInput>[] {
  return pairs<RawSend>(type, 'send', 'message', 'request').map(({ name, input, expected }) => ({
    name,
    input: sendInput(input),
    expected,
  }));
}

/** As the fixtures write it. */
export function toJson(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return { base64: value.toString('base64') };
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toJson(member)]));
}

/** A fixture is as good as its file: the tests that use it say when it is wrong. */
interface RawWebhook {
  channelType: ChannelType;
  url: string;
  headers: Record<string, string>;
  /** Text, or lines that are joined by CRLF. */
  body: string | string[];
  /** Of the body; default utf8. */
  encoding?: 'utf8' | 'latin1';
  receivedAt: string;
  /** Default POST. */
  method?: 'GET' | 'POST';
}

type RawSend = Omit<OutboundMessage, 'content' | 'expiresAt'> & {
  content: Omit<Content, 'attachments'> & {
    attachments?: (Omit<Attachment, 'content'> & { content: { base64: string } })[];
  };
  expiresAt?: string;
  account?: SendInput['account'];
};

function pairs<Raw>(type: string, kind: string, input: string, output: string) {
  const folder = join(ROOT, type, 'fixtures');
  const read = (name: string, part: string) =>
    JSON.parse(readFileSync(join(folder, `${kind}.${name}.${part}.json`), 'utf8'));
  const names = readdirSync(folder)
    .map((file) => new RegExp(`^${kind}\\.(.+)\\.${input}\\.json$`).exec(file)?.[1])
    .filter((name) => name !== undefined);
  return names.map((name) => ({ name, input: read(name, input) as Raw, expected: read(name, output) as unknown }));
}

function webhookInput({
  channelType,
  url,
  headers,
  body,
  encoding,
  receivedAt,
  method = 'POST',
}: RawWebhook): WebhookInput {
  const rawBody = Buffer.from(Array.isArray(body) ? body.join('\r\n') : body, encoding);
  const query = Object.fromEntries(new URL(url).searchParams);
  return { channelType, request: { method, url, headers, query, rawBody, receivedAt: new Date(receivedAt) } };
}

function sendInput({ account = {}, content: { attachments, ...content }, expiresAt, ...fields }: RawSend): SendInput {
  const files = attachments?.map((each) => ({ ...each, content: Buffer.from(each.content.base64, 'base64') }));
  const message: OutboundMessage = {
    ...fields,
    content: files ? { ...content, attachments: files } : content,
    ...(expiresAt !== undefined && { expiresAt: new Date(expiresAt) }),
  };
  return { message, account };
}
