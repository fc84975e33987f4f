import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { OUTSIDE, startInside, type Inside } from '../egress/egress-stage';
import type { Api } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { startReceiver, type ReceivedCall, type Receiver } from './webhook-receiver';

export type Body = Record<string, unknown>;

/** What the tests of webhook endpoints stand on: one application, somebody's web server outside, and one that must not be reached. */
export const on = {} as { app: TestApp; tenant: TestTenant; receiver: Receiver; inside: Inside };

let paths = 0;

/** Opens it all, with a new tenant for each test. */
export function useHookStage(): void {
  beforeAll(async () => {
    [on.receiver, on.inside] = await Promise.all([startReceiver(), startInside()]);
    on.app = await startApp({
      EGRESS_ALLOW_HTTP: 'true',
      EGRESS_ALLOWED_PORTS: `${on.receiver.port}, ${on.inside.port}`,
      EGRESS_ALLOWED_NETWORKS: `${OUTSIDE}/32`,
    });
  });
  beforeEach(async () => {
    on.tenant = await on.app.tenant();
  });
  afterAll(async () => {
    await on.receiver.close();
    await on.app.close();
    await on.inside.close();
  });
}

export interface Endpoint {
  id: string;
  secret: string;
  path: string;
}

export async function endpoint(eventTypes: string[], api: Api = on.tenant.api): Promise<Endpoint> {
  const path = `/hook-${++paths}`;
  const { status, body, text } = await api.post('/webhook-endpoints', { url: on.receiver.url(path), eventTypes });
  if (status !== 201) throw new Error(text);
  return { id: String(body['id']), secret: String(body['secret']), path };
}

export const MAIL = { channelType: 'EMAIL', to: 'ada@example.com', content: { subject: 'Hi', text: 'Secret words' } };
export const send = async (message: Body = MAIL) => String((await on.tenant.api.post('/messages', message)).body['id']);
export const makeContact = async () =>
  String((await on.tenant.api.post('/contacts', { name: 'Ada Lovelace' })).body['id']);
export const rows = (body: Body) => body['data'] as Body[];
export const one = async ({ id }: Endpoint) => (await on.tenant.api.get(`/webhook-endpoints/${id}`)).body;
export const log = async ({ id }: Endpoint, query = '') =>
  rows((await on.tenant.api.get(`/webhook-endpoints/${id}/deliveries${query}`)).body);

/** Waits until every delivery of an endpoint is as wanted, and answers the newest in full. */
export async function settled({ id }: Endpoint, wanted: (delivery: Body) => boolean): Promise<Body> {
  const { body } = await on.tenant.api.until(`/webhook-endpoints/${id}/deliveries`, (answer) => {
    const all = rows(answer.body);
    return all.length > 0 && all.every(wanted);
  });
  return (await on.tenant.api.get(`/webhook-endpoints/${id}/deliveries/${String(rows(body)[0]?.['id'])}`)).body;
}

/** Waits until the first call for an endpoint is over, and answers its delivery in full. */
export async function triedOnce(hook: Endpoint): Promise<Body> {
  const first = await settled(hook, ({ attempts }) => Number(attempts) >= 1);
  const path = `/webhook-endpoints/${hook.id}/deliveries/${String(first['id'])}`;
  return (await on.tenant.api.until(path, ({ body }) => (body['log'] as Body[])[0]?.['durationMs'] !== null)).body;
}

/** As if the time of what waits had come. */
export const hurry = ({ id }: Endpoint) =>
  on.app.sql(`UPDATE webhook_delivery SET due_at = now() WHERE endpoint_id = $1 AND status = 'PENDING'`, [id]);

export function verifiedBy(secret: string, { body, headers }: ReceivedCall): { standard: boolean; svix: boolean } {
  const passes = (verify: () => unknown): boolean => {
    try {
      verify();
      return true;
    } catch {
      return false;
    }
  };
  return {
    standard: passes(() => new StandardWebhook(secret).verify(body, headers)),
    svix: passes(() => new SvixWebhook(secret).verify(body, headers)),
  };
}

export const BOTH = { standard: true, svix: true };
export const NEITHER = { standard: false, svix: false };

/** Whether a time is one at which something may still be tried. */
export const isLater = (at: unknown) =>
  Date.parse(String(at)) > Date.now() - 1_000 && Date.parse(String(at)) < Date.now() + 50_000_000;
