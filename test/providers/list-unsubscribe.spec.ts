import { startApp, type TestApp, type TestTenant } from '../support/app';
import { suppressed, visit } from '../http/page-visits';
import { startDescribedServer, type DescribedServer } from './described-server';
import { KITS } from './kits';
import { LOGIN, startMailServer, type MailServer } from './smtp-servers';

/** How each provider is told a header, by what it got of a message. */
const TOLD: Readonly<Record<string, (body: Record<string, unknown>, name: string) => unknown>> = {
  sendgrid: ({ personalizations }, name) => {
    const [person] = personalizations as { headers: Record<string, string> }[];
    return person?.headers[name];
  },
  mailgun: (form, name) => form[`h:${name}`],
  'aws-ses': ({ Content }, name) => {
    const { Simple } = Content as { Simple: { Headers: { Name: string; Value: string }[] } };
    return Simple.Headers.find(({ Name }) => Name === name)?.Value;
  },
};

const PUBLIC_URL = 'https://hooks.carillon.example';

let app: TestApp;
let tenant: TestTenant;
let smtp: MailServer;
let servers: [type: string, server: DescribedServer][];

beforeAll(async () => {
  smtp = await startMailServer();
  servers = await Promise.all(
    Object.keys(TOLD).map(async (type): Promise<[string, DescribedServer]> => [
      type,
      await startDescribedServer({ description: type }),
    ]),
  );
  const urls = servers.map(([type, { url }]) => [`PROVIDER_URL_${type.toUpperCase().replaceAll('-', '_')}`, url]);
  app = await startApp({ PUBLIC_URL, PROVIDER_URL_SMTP: `smtp://127.0.0.1:${smtp.port}`, ...Object.fromEntries(urls) });
  tenant = await app.tenant({ bare: true });
});
afterAll(async () => {
  await app.close();
  await Promise.all([smtp.close(), ...servers.map(([, server]) => server.close())]);
});

async function send(channel: object, to: string): Promise<void> {
  const made = await tenant.api.post('/channels', { channelType: 'EMAIL', ...channel });
  expect([made.status, made.text]).toEqual([201, made.text]);
  const sent = await tenant.api.post('/messages', {
    ...{ channelId: made.body['id'], to, purpose: 'MARKETING', content: { subject: 'Offers', text: 'Go' } },
  });
  await tenant.api.message(sent.body['id'], 'SENT');
}

/** Both headers, and the link in them leads out. */
async function expectWayOut(headers: { list: unknown; post: unknown }, to: string): Promise<void> {
  expect(headers).toEqual({
    list: expect.stringMatching(/^<https:\/\/hooks\.carillon\.example\/p\/[\w-]+>$/),
    post: 'List-Unsubscribe=One-Click',
  });
  const url = String(headers.list).slice(1, -1).replace(PUBLIC_URL, app.url);
  const body = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' });
  expect((await visit(url, { method: 'POST', body })).status).toBe(200);
  expect(await suppressed(app, tenant, to)).toMatchObject([{ reason: 'OPTED_OUT', purpose: 'MARKETING' }]);
}

it.each(Object.keys(TOLD))('%s is told both headers, as its description allows', async (type) => {
  const { credentials, settings, from } = KITS[type]!;
  const to = `${type}@example.com`;
  await send({ name: type, providerType: type, from: from.EMAIL, credentials, settings }, to);
  const entry = servers.find(([each]) => each === type)?.[1].ledger.find(({ accepted }) => accepted);
  expect(entry?.violations).toEqual([]);
  const told = (name: string) => TOLD[type]?.(entry?.body ?? {}, name);
  await expectWayOut({ list: told('List-Unsubscribe'), post: told('List-Unsubscribe-Post') }, to);
});

it('a mail server gets each once, on a line of its own, so that a signature can cover them', async () => {
  const to = 'smtp@example.com';
  const credentials = { host: 'mail.acme.example', port: '587', security: 'none', ...LOGIN };
  await send({ name: 'smtp', providerType: 'smtp', from: 'news@acme.example', credentials }, to);
  const [head = ''] = String(smtp.received[0]?.raw).split('\r\n\r\n');
  const lines = (name: string) => head.split('\r\n').filter((line) => line.toLowerCase().startsWith(`${name}:`));
  const [list, post] = [lines('list-unsubscribe'), lines('list-unsubscribe-post')];
  expect([list.length, post.length]).toEqual([1, 1]);
  const unfolded = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
  const valueOf = (name: string) =>
    unfolded
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2)
      .trim();
  await expectWayOut({ list: valueOf('List-Unsubscribe'), post: valueOf('List-Unsubscribe-Post') }, to);
});
