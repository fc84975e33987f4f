import { randomUUID } from 'node:crypto';
import { startDescribedServer, type DescribedServer, type Step } from '../providers/described-server';
import { KITS } from '../providers/kits';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { PUBLIC_URL } from './provider-calls';

/** The application with some providers as their official descriptions play them. */
export interface InflowStage {
  app: TestApp;
  servers: Readonly<Record<string, DescribedServer>>;
  /** What a provider answers instead of the ordinary, by the end of the path. */
  special: Map<string, Step>;
  close(): Promise<void>;
}

export async function openInflowStage(types: readonly string[]): Promise<InflowStage> {
  const special = new Map<string, Step>();
  const answer = ({ path }: { path: string }) => [...special].find(([end]) => path.endsWith(end))?.[1];
  const started = await Promise.all(
    types.map(async (type) => [type, await startDescribedServer({ description: type, answer })] as const),
  );
  const urls = started.map(([type, { url }]) => [`PROVIDER_URL_${type.toUpperCase()}`, url]);
  const app = await startApp({ PUBLIC_URL, ...Object.fromEntries(urls) });
  return {
    app,
    servers: Object.fromEntries(started),
    special,
    close: async () => {
      await app.close();
      await Promise.all(started.map(([, server]) => server.close()));
    },
  };
}

export interface Channel {
  id: string;
  webhookUrl: string;
}

/** A channel with the credentials of the provider's kit. */
export async function addChannel(tenant: TestTenant, type: string, more: object = {}): Promise<Channel> {
  const { credentials, settings, from } = KITS[type]!;
  const [[channelType, sender] = []] = Object.entries(from);
  const answer = await tenant.api.post('/channels', {
    name: `${type} ${randomUUID()}`,
    channelType,
    providerType: type,
    from: sender,
    credentials,
    settings,
    ...more,
  });
  if (answer.status !== 201) throw new Error(answer.text);
  return { id: String(answer.body['id']), webhookUrl: String(answer.body['webhookUrl']) };
}

export const rows = (body: Record<string, unknown>) => body['data'] as Record<string, unknown>[];

/** Messages of people, when there are so many. */
export async function received(tenant: TestTenant, count = 1): Promise<Record<string, unknown>[]> {
  const answer = await tenant.api.until('/messages?status=RECEIVED', ({ body }) => rows(body).length >= count);
  return rows(answer.body);
}

/** Every call that was taken in is processed. */
export const atRest = (tenant: TestTenant) =>
  tenant.api.until('/webhook-logs?limit=200', ({ body }) => rows(body).every(({ status }) => status !== 'PENDING'));
