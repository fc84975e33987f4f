import { metrics } from '../../src/platform/metrics';
import { Hits } from '../../src/tracking/hits';
import type { Answer } from '../support/api';
import type { TestApp, TestTenant } from '../support/app';
import { visit, type Visited } from './page-visits';

export const PERSON = {
  'user-agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
};
export const BOTH = { clicks: true, opens: true };
/** Where the link of a mail leads that says nothing else. */
export const SHOP = 'https://shop.example/offers?id=7&ref=mail';

/** An e-mail as the provider was given it. */
export interface Mail {
  id: string;
  html: string;
  /** Addresses of its links, in their order. */
  links: string[];
  pixel: string | undefined;
}

let count = 0;

export function post({ api }: TestTenant, body: object): Promise<Answer> {
  const content = { subject: 'Offers', html: `<p><a href="${SHOP.replaceAll('&', '&amp;')}">Offers</a></p>` };
  return api.post('/messages', { channelType: 'EMAIL', to: `p${++count}@example.com`, content, ...body });
}

export async function arrived({ api }: TestTenant, id: unknown): Promise<Mail> {
  await api.message(id, 'SENT', 'DELIVERED', 'READ');
  const { body } = await api.get(`/sandbox/messages?messageId=${String(id)}`);
  const [message] = body['data'] as { content: { html?: string } }[];
  const html = message?.content.html ?? '';
  const links = [...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href ?? '');
  return { id: String(id), html, links, pixel: /<img src="([^"]*\/t\/o\/[^"]*)"/.exec(html)?.[1] };
}

/** Sends a tracked e-mail that was sent, and delivered, a minute ago. */
export async function mail(app: TestApp, tenant: TestTenant, body: object = {}): Promise<Mail> {
  const { body: answer, text } = await post(tenant, { tracking: BOTH, ...body });
  if (answer['status'] !== 'QUEUED') throw new Error(text);
  const found = await arrived(tenant, answer['id']);
  await tenant.api.message(found.id, 'DELIVERED', 'READ');
  await app.sql(
    `UPDATE communication_message SET sent_at = sent_at - interval '1 minute', created_at = created_at - interval '1 minute',
       delivered_at = delivered_at - interval '1 minute' WHERE id = $1`,
    [found.id],
  );
  return found;
}

export const first = ({ links: [link] }: Mail): string => link ?? '';

export function follow(url: string, headers: Record<string, string> = PERSON, method = 'GET'): Promise<Visited> {
  return visit(url, { headers, method });
}

/** Whether it was opened, opened by a machine and clicked, and the events of that in its timeline. */
export async function stored(app: TestApp, { api }: TestTenant, id: string) {
  await app.runtime.app.get(Hits).drained(); // on a busy machine people are sent on before
  const { body } = await api.get(`/messages/${id}`);
  const timeline = body['timeline'] as { type: string; detail: Record<string, unknown> }[];
  return {
    facets: [body['openedAt'], body['machineOpenedAt'], body['clickedAt']].map((each) => each !== null),
    events: timeline
      .filter(({ type }) => type === 'CLICKED' || type === 'OPENED')
      .map(({ type, detail }) => [type, detail]),
  };
}

export async function hits(kind: string, result: string): Promise<number> {
  const line = new RegExp(`carillon_tracking_hits_total\\{kind="${kind}",result="${result}"\\} (\\d+)`);
  return Number(line.exec(await metrics.metrics())?.[1] ?? 0);
}
