import { startApp, type TestApp, type TestTenant } from '../support/app';
import { arrived, BOTH, first, follow, hits, mail, PERSON, post, SHOP, stored } from './tracked-mails';

let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const ROBOT = { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' };

describe('a tracked e-mail', () => {
  it('carries links and a picture of this server, and is stored as it was written', async () => {
    const sent = await mail(app, tenant);
    expect(sent.links).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/t\/[\w-]{100,}$/)]);
    expect(sent.pixel).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/t\/o\/[\w-]+\.gif$/);
    const { body } = await tenant.api.get(`/messages/${sent.id}`);
    expect(body).toMatchObject({ tracking: BOTH, content: { html: expect.stringContaining('shop.example') } });
    expect(JSON.stringify(body['content'])).not.toContain('/t/');
  });

  it('leaves what is no page, what leads to our own pages and what asks for it as it is', async () => {
    const left = [
      '<a href="mailto:a@shop.example">write</a>',
      "<a href='tel:+14155550100'>call</a>",
      '<a href="#top">up</a><a name="top">top</a>',
      `<a href="${app.url}/p/abc">unsubscribe</a>`,
      '<a data-no-track href="https://shop.example/secret">secret</a>',
      `<a href="https://shop.example/${'x'.repeat(800)}">long</a>`,
      '<!-- <a href="https://shop.example/comment">x</a> -->',
    ].join('\n');
    const html = `${left}<a class=big href=https://shop.example/one>one</a>`;
    const sent = await mail(app, tenant, { content: { subject: 'Links', html }, tracking: { clicks: true } });
    expect(sent.html.startsWith(left)).toBe(true);
    expect(sent.html.slice(left.length)).toMatch(/^<a class=big href="http:\/\/127[^"]+">one<\/a>$/);
    expect((await follow(sent.links.at(-1) ?? '')).headers.get('location')).toBe('https://shop.example/one');
  });

  it('is none unless it is asked for, by the message or by the tenant’s setting', async () => {
    const own = await app.tenant();
    const linksOf = async (body: object) => {
      const sent = await arrived(own, (await post(own, body)).body['id']);
      return [sent.links[0]?.includes('/t/'), sent.pixel !== undefined];
    };
    expect(await linksOf({})).toEqual([false, false]);
    expect((await own.api.patch('/tracking-settings', { clicks: true })).body).toEqual({
      clicks: true,
      opens: false,
      untrackedAttribute: null,
    });
    expect(await linksOf({})).toEqual([true, false]);
    expect(await linksOf({ tracking: { clicks: false, opens: true } })).toEqual([false, true]);
    expect(await linksOf({ lane: 'otp' })).toEqual([false, false]);
    expect(await linksOf({ lane: 'otp', tracking: { clicks: true } })).toEqual([true, false]);
    const text = await own.api.post('/messages', { channelType: 'SMS', to: '+14155550123', content: { text: SHOP } });
    await own.api.message(text.body['id'], 'SENT', 'DELIVERED');
    const { body } = await own.api.get(`/messages/${String(text.body['id'])}`);
    expect(body['tracking']).toEqual({ clicks: false, opens: false });
  });

  it('is refused where there is nothing to track', async () => {
    const plain = await post(tenant, { content: { subject: 'Hi', text: SHOP }, tracking: BOTH });
    expect([plain.status, plain.body['errors']]).toEqual([
      422,
      ['/tracking/clicks', '/tracking/opens'].map((pointer) => ({ pointer, message: expect.any(String) })),
    ]);
    const sms = { channelType: 'SMS', to: '+14155550124', content: { text: SHOP }, tracking: { clicks: true } };
    expect((await tenant.api.post('/messages', sms)).status).toBe(422);
  });
});

describe('a tracked link', () => {
  it('sends the person on to where it led, and notes the click once', async () => {
    const sent = await mail(app, tenant);
    const answer = await follow(first(sent));
    expect([answer.status, answer.html]).toEqual([302, '']);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      location: SHOP,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    });
    for (let time = 0; time < 3; time++) expect((await follow(first(sent))).status).toBe(302);
    expect(await stored(app, tenant, sent.id)).toEqual({
      facets: [false, false, true],
      events: [['CLICKED', { url: SHOP }]],
    });
  });

  it('is only looked at by HEAD', async () => {
    const sent = await mail(app, tenant);
    const answer = await follow(first(sent), PERSON, 'HEAD');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, SHOP]);
    expect(await stored(app, tenant, sent.id)).toEqual({ facets: [false, false, false], events: [] });
  });

  it.each([
    ['by a robot', ROBOT],
    ['by nobody who says a name', { 'user-agent': '' }],
    ['ahead of time', { ...PERSON, 'sec-purpose': 'prefetch' }],
  ])('followed %s is no person’s click, and the person’s own still counts', async (_, headers) => {
    const sent = await mail(app, tenant);
    expect((await follow(first(sent), headers)).headers.get('location')).toBe(SHOP);
    const machine = ['CLICKED', { url: SHOP, machine: true }];
    expect(await stored(app, tenant, sent.id)).toEqual({ facets: [false, false, false], events: [machine] });
    await follow(first(sent));
    expect(await stored(app, tenant, sent.id)).toEqual({
      facets: [false, false, true],
      events: [machine, ['CLICKED', { url: SHOP }]],
    });
  });

  it('followed within a second of the sending was not read by a person', async () => {
    const sent = await mail(app, tenant);
    await app.sql(`UPDATE communication_message SET sent_at = clock_timestamp() + interval '1 hour' WHERE id = $1`, [
      sent.id,
    ]);
    await follow(first(sent));
    expect((await stored(app, tenant, sent.id)).facets).toEqual([false, false, false]);
    await app.sql(`UPDATE communication_message SET sent_at = now() - interval '1 minute' WHERE id = $1`, [sent.id]);
    await follow(first(sent));
    expect((await stored(app, tenant, sent.id)).facets).toEqual([false, false, true]);
  });

  it('followed together with others of its message was followed by a scanner, the first of them too', async () => {
    const html = ['a', 'b', 'c'].map((name) => `<a href="https://shop.example/${name}">${name}</a>`).join('');
    const sent = await mail(app, tenant, { content: { subject: 'Three', html } });
    await Promise.all(sent.links.map((link) => follow(link)));
    const scanned = await stored(app, tenant, sent.id);
    expect(scanned.facets).toEqual([false, false, false]);
    expect(scanned.events.map(([, detail]) => (detail as { machine?: boolean }).machine)).toEqual([true, true, true]);
    // An hour later the person comes.
    await app.sql(`UPDATE message_event SET at = at - interval '1 hour' WHERE message_id = $1`, [sent.id]);
    await follow(sent.links[1] ?? '');
    expect((await stored(app, tenant, sent.id)).facets).toEqual([false, false, true]);
  });

  it('is stored later when the database does not take it, and the person does not wait for that', async () => {
    const sent = await mail(app, tenant);
    await app.sql(`REVOKE INSERT ON message_event FROM carillon_app`);
    try {
      expect((await follow(first(sent))).headers.get('location')).toBe(SHOP);
      expect((await tenant.api.get(`/messages/${sent.id}`)).body['clickedAt']).toBeNull();
    } finally {
      await app.sql(`GRANT INSERT ON message_event TO carillon_app`);
    }
    await tenant.api.until(`/messages/${sent.id}`, ({ body }) => body['clickedAt'] !== null);
  });

  it('followed a hundred times at once is one click, and followed by a scanner at once is none', async () => {
    const one = await mail(app, tenant);
    await Promise.all(Array.from({ length: 100 }, () => follow(first(one))));
    expect((await stored(app, tenant, one.id)).events).toEqual([['CLICKED', { url: SHOP }]]);
    const html = Array.from({ length: 20 }, (_, n) => `<a href="https://shop.example/${n}">${n}</a>`).join('');
    const many = await mail(app, tenant, { content: { subject: 'Many', html } });
    await Promise.all(many.links.map((link) => follow(link)));
    const { facets, events } = await stored(app, tenant, many.id);
    expect([facets, events.length]).toEqual([[false, false, false], 20]);
  });

  it('of a message that is gone still leads on, and stores nothing', async () => {
    const before = await hits('click', 'left_out');
    const sent = await mail(app, tenant);
    const { body } = await tenant.api.get(`/messages/${sent.id}`);
    expect((await tenant.api.post(`/contacts/${String(body['contactId'])}/erase`)).status).toBe(200);
    expect((await follow(first(sent))).headers.get('location')).toBe(SHOP);
    expect(await stored(app, tenant, sent.id)).toEqual({ facets: [false, false, false], events: [] });
    expect((await hits('click', 'left_out')) - before).toBe(1);
  });

  it('of nobody’s making leads nowhere', async () => {
    const sent = await mail(app, tenant);
    const link = first(sent);
    const pixel = String(sent.pixel);
    const open = pixel.replace(/^.*\/o\/(.*)\.gif$/, '$1');
    const changed = link.slice(0, -5) + (link.at(-5) === 'A' ? 'B' : 'A') + link.slice(-4);
    const forged = [
      changed,
      `${link}A`,
      `${app.url}/t/${open}`,
      pixel.replace(/o\/.*\.gif/, `o/${link.split('/t/')[1]}.gif`),
      `${app.url}/t/${Buffer.from('https://evil.example').toString('base64url')}`,
      `${app.url}/t/https:%2F%2Fevil.example`,
      `${app.url}/t/%00%0d%0aLocation:%20https:%2F%2Fevil.example`,
      `${app.url}/t/o/x`,
      `${app.url}/t/${'A'.repeat(1024)}`,
    ];
    for (const url of forged) {
      const answer = await follow(url);
      expect([url, answer.status, answer.headers.get('location')]).toEqual([url, 404, null]);
      expect(answer.headers.get('content-type')).toMatch(/^text\/html/);
      expect(answer.html).not.toContain('evil');
    }
    expect((await stored(app, tenant, sent.id)).events).toEqual([]);
  });
});

describe('who guesses addresses', () => {
  it('is told to wait, and nobody who knows one', async () => {
    const sent = await mail(app, tenant);
    const guesses = await Promise.all(Array.from({ length: 60 }, (_, n) => follow(`${app.url}/t/guess${n}`)));
    expect(new Set(guesses.map(({ status }) => status))).toEqual(new Set([404, 429]));
    expect((await follow(first(sent))).status).toBe(302);
  });
});

describe('the picture of a tracked e-mail', () => {
  it('tells of the first opening, and is never kept by anybody', async () => {
    const sent = await mail(app, tenant);
    const answer = await fetch(String(sent.pixel), { headers: PERSON });
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'image/gif',
      'no-store',
    ]);
    expect(
      Buffer.from(await answer.arrayBuffer())
        .subarray(0, 6)
        .toString(),
    ).toBe('GIF89a');
    expect(await stored(app, tenant, sent.id)).toEqual({ facets: [true, false, false], events: [['OPENED', {}]] });
  });

  it('fetched by a mailbox for its own ends is a machine’s opening', async () => {
    const sent = await mail(app, tenant);
    for (const userAgent of ['Mozilla/5.0', 'Mozilla/5.0 Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'])
      await follow(String(sent.pixel), { 'user-agent': userAgent });
    expect(await stored(app, tenant, sent.id)).toEqual({
      facets: [false, true, false],
      events: [['OPENED', { machine: true }]],
    });
  });
});

describe('the settings of tracking', () => {
  it('name an attribute by which a contact is never tracked, also by links that were sent before', async () => {
    const own = await app.tenant();
    const before = await mail(app, own, { to: 'private@example.com' });
    const contact = (await own.api.get('/contacts?email=private@example.com')).body['data'] as { id: string }[];
    await own.api.patch('/tracking-settings', { clicks: true, opens: true, untrackedAttribute: 'no_tracking' });
    expect((await own.api.patch(`/contacts/${contact[0]?.id}`, { attributes: { no_tracking: true } })).status).toBe(
      200,
    );
    expect((await follow(first(before))).headers.get('location')).toBe(SHOP);
    expect((await stored(app, own, before.id)).facets).toEqual([false, false, false]);
    const after = await arrived(own, (await post(own, { to: 'private@example.com', tracking: BOTH })).body['id']);
    expect([after.links, after.pixel]).toEqual([[SHOP.replaceAll('&', '&amp;')], undefined]);
  });

  it.each([
    [{ clicks: null }, '/clicks'],
    [{ opens: 'yes' }, '/opens'],
    [{ untrackedAttribute: 'a b' }, '/untrackedAttribute'],
  ])('refuse %j', async (body, pointer) => {
    const answer = await tenant.api.patch('/tracking-settings', body);
    expect([answer.status, answer.body['errors']]).toMatchObject([422, [{ pointer }]]);
  });
});
