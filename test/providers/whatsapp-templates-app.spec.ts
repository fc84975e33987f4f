import { startApp, type TestApp, type TestTenant } from '../support/app';
import { startDescribedServer, type DescribedServer, type Step } from './described-server';
import { KITS } from './kits';

/** The whole application with a server that plays WhatsApp: what Meta says of templates, and what that stops. */
let app: TestApp;
let meta: DescribedServer;
let tenant: TestTenant;
let channelId: string;
/** What Meta answers when it is asked about templates; messages still on their way are answered as ever. */
let aboutTemplates: Step | undefined;

beforeAll(async () => {
  meta = await startDescribedServer({
    description: 'whatsapp',
    answer: ({ path }) => (path.endsWith('/message_templates') ? aboutTemplates : undefined),
  });
  app = await startApp({ PROVIDER_URL_WHATSAPP: meta.url });
  tenant = await app.tenant({ bare: true });
  const { credentials, from } = KITS['whatsapp']!;
  const channel = await tenant.api.post('/channels', {
    ...{ name: 'WhatsApp', channelType: 'WHATSAPP', providerType: 'whatsapp', from: from.WHATSAPP, credentials },
  });
  channelId = String(channel.body['id']);
});
afterAll(async () => {
  await app.close();
  await meta.close();
});

const make = async (providerTemplateName: string, language: string) => {
  const answer = await tenant.api.post('/templates', {
    ...{ name: `${providerTemplateName} here`, channelType: 'WHATSAPP', language, providerTemplateName },
  });
  expect(answer.text).toContain('"id"');
  return String(answer.body['id']);
};
const sync = () => tenant.api.post('/templates/sync', { channelId });
const approvalOf = async (id: string) =>
  (await tenant.api.get(`/templates/${id}`)).body['approval'] as Record<string, unknown> | null;
const send = (templateId: string) =>
  tenant.api.post('/messages', { channelId, to: '+14155552671', templateId, variables: {} });

it('learns what Meta says of each template, in every language, and sends only what it lets through', async () => {
  const fates: [name: string, language: string, status: string, reason: string | null, sent: number][] = [
    ['order_ready', 'en-US', 'APPROVED', null, 202],
    ['order_ready', 'de', 'PENDING', null, 409],
    ['big_sale', 'en', 'REJECTED', 'ABUSIVE_CONTENT', 409],
    ['newsletter', 'en', 'PAUSED', null, 409],
    ['odd', 'en', 'UNKNOWN', null, 202],
    ['not_there', 'en', 'UNKNOWN', 'The provider lists no template of this name and language.', 202],
  ];
  const ids: string[] = [];
  for (const [name, language] of fates) ids.push(await make(name, language));
  expect(await approvalOf(ids[2]!)).toBeNull();
  expect((await send(ids[2]!)).status).toBe(202); // nobody asked yet

  const answer = await sync();
  expect(answer.status).toBe(200);
  expect(answer.body['data']).toHaveLength(fates.length);
  expect(meta.ledger.flatMap(({ violations }) => violations)).toEqual([]);
  expect(meta.ledger.filter(({ path }) => path.endsWith('/message_templates'))).toHaveLength(3);
  for (const [index, [, , status, reason, sent]] of fates.entries()) {
    expect(await approvalOf(ids[index]!)).toEqual({ status, reason, syncedAt: expect.stringMatching(/Z$/) });
    const message = await send(ids[index]!);
    expect([status, message.status, message.body['code']]).toEqual([
      status,
      sent,
      sent === 409 ? 'template_not_approved' : undefined,
    ]);
  }
  const preview = await tenant.api.post(`/templates/${ids[2]!}/preview`, {});
  expect(preview.status).toBe(200);

  await tenant.api.patch(`/templates/${ids[2]!}`, { providerTemplateName: 'order_ready' });
  expect(await approvalOf(ids[2]!)).toBeNull();
});

it('says why Meta could not be asked, and changes nothing', async () => {
  const id = await make('order_ready', 'en');
  aboutTemplates = { status: 401, body: { error: { code: 190, message: 'expired', type: 'OAuthException' } } };
  const refused = await sync();
  expect([refused.status, refused.body['code']]).toEqual([409, 'provider_refused']);
  expect(refused.text).not.toContain(KITS['whatsapp']!.credentials['accessToken']);
  expect(await approvalOf(id)).toBeNull();
  aboutTemplates = { breaks: 'reset' };
  expect((await sync()).body['code']).toBe('provider_refused');
});

it('asks only providers that tell, and only about channels of the tenant', async () => {
  const email = await tenant.api.post('/channels', {
    ...{ name: 'Mail', channelType: 'EMAIL', providerType: 'sendgrid', from: 'a@example.com' },
    credentials: KITS['sendgrid']!.credentials,
  });
  const answer = await tenant.api.post('/templates/sync', { channelId: email.body['id'] });
  expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('/channelId')]);
  const other = await app.tenant({ bare: true });
  expect((await other.api.post('/templates/sync', { channelId })).status).toBe(404);
});
