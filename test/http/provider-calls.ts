import { randomBytes, type KeyObject } from 'node:crypto';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { sendgridKeys, signSendgrid, signTwilio } from '../support/sign';
import { startDescribedServer, type DescribedServer, type LedgerEntry } from '../providers/described-server';

/** Where providers believe us to be; they sign this address, whatever stands between. */
export const PUBLIC_URL = 'https://hooks.carillon.example';

/** The application with SendGrid and Twilio as their official descriptions play them. */
export interface Stage {
  app: TestApp;
  sendgrid: DescribedServer;
  twilio: DescribedServer;
  /** What to do when a provider takes a message, before it answers; one call each. */
  onAccepted(work: (entry: LedgerEntry) => Promise<void>): void;
  close(): Promise<void>;
}

export async function openStage(env: Record<string, string> = {}): Promise<Stage> {
  const work: ((entry: LedgerEntry) => Promise<void>)[] = [];
  const onAccepted = async (entry: LedgerEntry) => work.shift()?.(entry);
  const sendgrid = await startDescribedServer({ description: 'sendgrid', onAccepted });
  const twilio = await startDescribedServer({ description: 'twilio', onAccepted });
  const urls = { PROVIDER_URL_SENDGRID: sendgrid.url, PROVIDER_URL_TWILIO: twilio.url };
  const app = await startApp({ PUBLIC_URL, ...urls, ...env });
  return {
    app,
    sendgrid,
    twilio,
    onAccepted: (each) => void work.push(each),
    close: async () => {
      await app.close();
      await Promise.all([sendgrid.close(), twilio.close()]);
    },
  };
}

export interface TwilioChannel {
  id: string;
  /** As the provider was told it. */
  webhookUrl: string;
  accountSid: string;
  authToken: string;
  from: string;
}

export interface SendgridChannel {
  id: string;
  webhookUrl: string;
  privateKey: KeyObject;
}

export async function addTwilio(
  tenant: TestTenant,
  channelType: 'SMS' | 'WHATSAPP' = 'SMS',
  account: { accountSid?: string; authToken?: string } = {},
): Promise<TwilioChannel> {
  const credentials = { accountSid: `AC${hex()}`, authToken: hex(), ...account };
  const from = '+15005550006';
  const name = `Twilio ${channelType} ${hex()}`;
  const answer = await tenant.api.post('/channels', { name, channelType, providerType: 'twilio', from, credentials });
  return { ...created(answer.body, answer.text), ...credentials, from };
}

export async function addSendgrid(tenant: TestTenant): Promise<SendgridChannel> {
  const { privateKey, publicKey } = sendgridKeys();
  const answer = await tenant.api.post('/channels', {
    name: `SendGrid ${hex()}`,
    channelType: 'EMAIL',
    providerType: 'sendgrid',
    from: 'hello@example.com',
    credentials: { apiKey: `SG.${hex()}`, webhookPublicKey: publicKey },
  });
  return { ...created(answer.body, answer.text), privateKey };
}

function created(body: Record<string, unknown>, text: string): { id: string; webhookUrl: string } {
  const { id, webhookUrl } = body;
  if (typeof id !== 'string' || typeof webhookUrl !== 'string') throw new Error(text);
  return { id, webhookUrl };
}

const hex = () => randomBytes(16).toString('hex');

export type Form = Readonly<Record<string, string>>;

/** Calls an address of ours as Twilio does. `headers` stand in for the right signature where they are given. */
export async function twilioCalls(
  app: TestApp,
  { url, authToken }: { url: string; authToken: string },
  form: Form,
  headers?: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const target = url.split('#')[0] ?? url; // what follows # is for Twilio itself
  return deliver(app, target, new URLSearchParams(form).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
    ...(headers ?? { 'x-twilio-signature': signTwilio(authToken, target, form) }),
  });
}

/** Somebody writes on WhatsApp, as Twilio tells it: from then on they may be answered freely. */
export async function writesOnWhatsapp(app: TestApp, channel: TwilioChannel, from: string): Promise<void> {
  const form = { MessageSid: `SM${hex()}`, AccountSid: channel.accountSid, Body: 'Hello', NumMedia: '0' };
  const addresses = { From: `whatsapp:${from}`, To: `whatsapp:${channel.from}` };
  const { status } = await twilioCalls(app, { ...channel, url: channel.webhookUrl }, { ...form, ...addresses });
  if (status !== 200) throw new Error(`The webhook answered ${status}`);
}

/** Calls an address of ours as SendGrid does. */
export async function sendgridCalls(
  app: TestApp,
  { url, privateKey }: { url: string; privateKey: KeyObject },
  events: readonly object[],
  headers?: Record<string, string>,
): Promise<{ status: number; text: string }> {
  const raw = JSON.stringify(events);
  const signature = headers ?? signSendgrid(privateKey, Math.floor(Date.now() / 1000), raw);
  return deliver(app, url, raw, { 'content-type': 'application/json', ...signature });
}

/** An address of ours as providers know it, reached where the test server listens. */
export async function deliver(app: TestApp, url: string, body: string, headers: Record<string, string>) {
  const { pathname, search } = new URL(url);
  const response = await fetch(app.url + pathname + search, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** What Twilio says about one message, at the address that was given with it. */
export function statusOf(sent: LedgerEntry, status: string, more: Form = {}): { url: string; form: Form } {
  const { StatusCallback: url, To: to, From: from } = sent.body as Record<string, string>;
  const form = {
    MessageSid: String(sent.messageId),
    MessageStatus: status,
    To: String(to),
    From: String(from),
    ...more,
  };
  return { url: String(url), form };
}

/** What SendGrid says about one message, with the arguments that were given with it. */
export function eventOf(sent: LedgerEntry, event: string, more: object = {}): object {
  const [personalization] = sent.body['personalizations'] as { to: { email: string }[]; custom_args: object }[];
  return {
    email: personalization?.to[0]?.email,
    timestamp: Math.floor(Date.now() / 1000),
    event,
    sg_event_id: randomBytes(12).toString('base64url'),
    sg_message_id: `${sent.messageId}.recvd-canary-1-1`,
    ...personalization?.custom_args,
    ...more,
  };
}
