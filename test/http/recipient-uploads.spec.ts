import { request as openRequest, type ClientRequest } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import type { Answer } from '../support/api';
import { startApp, type TestApp, type TestTenant } from '../support/app';

const CSV = { 'content-type': 'text/csv' };
let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  app = await startApp({ RATE_LIMIT_PER_MINUTE: '1000000' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

async function draft(channelType = 'EMAIL'): Promise<string> {
  const body = { name: 'Spring', channelType, content: { subject: 'Hi', text: 'Hello {{ name }}' } };
  const answer = await tenant.api.post('/bulk-send', body);
  if (answer.status !== 202) throw new Error(answer.text);
  return String(answer.body['id']);
}
const path = (id: string) => `/bulk-send/${id}/recipients`;
const upload = (id: string, content: string, query = '') => tenant.api.post(`${path(id)}${query}`, content, CSV);
const list = async (id: string) =>
  (await tenant.api.get(`${path(id)}?limit=200`)).body['data'] as Record<string, unknown>[];
const total = async (id: string) => {
  const { body } = await tenant.api.get(`/bulk-send/${id}`);
  return (body['counts'] as { total: number }).total;
};
const faults = ({ body }: Answer) => (body['errors'] ?? []) as { pointer: string; message: string }[];
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `person-${from + n}@example.com,Person ${from + n}\n`).join('');

describe('recipients from a file', () => {
  it('are taken with their variables, an address once however it is spelled', async () => {
    const id = await draft();
    const answer = await upload(
      id,
      'To,name,order-id\nAda@Example.com,Ada,7\n\nada@example.com,Again,8\n"bob@example.com","Bob ""B"", jr.",\n',
    );
    expect([answer.status, answer.body]).toEqual([200, { taken: 2, duplicates: 1, rejected: 0, errors: [], total: 2 }]);
    expect(await list(id)).toMatchObject([
      { to: 'ada@example.com', contactId: null, status: 'PENDING', variables: { name: 'Ada', 'order-id': '7' } },
      {
        to: 'bob@example.com',
        contactId: null,
        status: 'PENDING',
        variables: { name: 'Bob "B", jr.', 'order-id': '' },
      },
    ]);
  });

  it('are contacts by their id or by yours; one without an address is kept as excluded', async () => {
    const add = async (body: object) => String((await tenant.api.post('/contacts', body)).body['id']);
    const ada = await add({ externalId: 'crm-1', email: 'ada.l@example.com' });
    const eve = await add({ externalId: 'crm-3', phone: '+14155552671' });
    await add({ externalId: 'crm-2', email: 'bob.b@example.com' });
    const other = await app.tenant();
    await other.api.post('/contacts', { externalId: 'theirs', email: 'x@example.com' });
    const id = await draft();
    const answer = await upload(
      id,
      [
        'contactId,externalId,to',
        ...[`${ada},,`, ',crm-2,', `${eve},,`, ',,bob.b@example.com', ',crm-1,', ',theirs,', `${id},,`],
        ...[`${ada},crm-1,`, ',,', ',crm-1,ada.l@example.com', 'crm-1,,', ',,nobody'],
      ].join('\r\n'),
    );
    const { errors, ...counts } = answer.body;
    expect(counts).toEqual({ taken: 3, duplicates: 2, rejected: 6, total: 3 });
    expect(errors).toEqual([
      { line: 7, message: 'there is no such contact' },
      { line: 8, message: 'there is no such contact' },
      { line: 9, message: 'must name one of to, contactId and externalId, and only one' },
      { line: 11, message: 'must name one of to, contactId and externalId, and only one' },
      { line: 12, message: 'contactId must be a UUID in lower case with dashes' },
      { line: 13, message: expect.stringMatching(/^to must/) },
    ]);
    expect(await list(id)).toMatchObject([
      { to: 'ada.l@example.com', contactId: ada, status: 'PENDING' },
      { to: 'bob.b@example.com', status: 'PENDING' },
      { to: null, contactId: eve, status: 'EXCLUDED', reasonCode: 'no_address' },
    ]);
  });

  it('come from a form, with another delimiter, in UTF-16, and as a JSON list, all the same', async () => {
    const id = await draft();
    const form = new FormData();
    form.append('file', new Blob(['to\tname\na@example.com\tA\n']), 'people.csv');
    const send = (body: FormData | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
      fetch(`${app.url}/api/v1/communication${path(id)}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${tenant.key}`, ...headers },
        body,
      });
    expect(await (await send(form, {})).json()).toMatchObject({ taken: 1, total: 1 });
    const utf16 = new Uint8Array(Buffer.from('\ufeffto;name\nä@exämple.de;Ä\nb@example.com;Ä\n', 'utf16le'));
    expect(await (await send(utf16, CSV)).json()).toMatchObject({ taken: 1, rejected: 1, total: 2 });
    expect((await upload(id, 'to|name\nc@example.com|a,b\n', '?delimiter=%7C')).body).toMatchObject({ taken: 1 });
    const json = await tenant.api.post(path(id), [
      { to: 'd@example.com', variables: { items: [1, 2], name: 'D' } },
      { to: 'D@example.com' },
      { to: 7 },
      'e@example.com',
      { to: 'f@example.com', sql: 1 },
      { to: 'g@example.com', variables: [] },
    ]);
    expect(json.body).toMatchObject({ taken: 1, duplicates: 1, rejected: 4, total: 4 });
    expect((json.body['errors'] as { line: number }[]).map(({ line }) => line)).toEqual([3, 4, 5, 6]);
    expect((await list(id)).at(-1)).toMatchObject({ variables: { items: [1, 2], name: 'D' } });
  });

  it('are stored while the file still comes, and after it broke off the same file makes it whole', async () => {
    const id = await draft();
    const stream = begin(id);
    stream.write(`to,name\n${lines(0, 9_000)}`);
    await tenant.api.until(`/bulk-send/${id}`, ({ body }) => (body['counts'] as { total: number }).total >= 4_000);
    stream.destroy();
    const there = await total(id);
    expect(there).toBeLessThanOrEqual(9_000);

    const again = await upload(id, `to,name\n${lines(0, 12_000)}`);
    const { taken, duplicates } = again.body as { taken: number; duplicates: number };
    expect(again.body).toMatchObject({ rejected: 0, errors: [], total: 12_000 });
    expect(taken + duplicates).toBe(12_000);
    expect(duplicates).toBeGreaterThanOrEqual(4_000);
    expect((await upload(id, `to,name\n${lines(0, 12_000)}`)).body).toMatchObject({ taken: 0, duplicates: 12_000 });
    expect(await total(id)).toBe(12_000);
  });

  it('of two uploads at once are the union of both', async () => {
    const id = await draft();
    const backwards = `to,name\n${lines(2_000, 9_000).trim().split('\n').toReversed().join('\n')}`;
    const [one, two] = await Promise.all([upload(id, `to,name\n${lines(0, 7_000)}`), upload(id, backwards)]);
    const counts = [one.body, two.body] as { taken: number; duplicates: number }[];
    expect(counts.reduce((sum, { taken }) => sum + taken, 0)).toBe(9_000);
    expect(counts.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(5_000);
    expect(await total(id)).toBe(9_000);
  });

  it('go to a DRAFT only, and of the own tenant', async () => {
    const id = await draft();
    const other = await app.tenant();
    expect((await other.api.post(path(id), 'to\na@example.com\n', CSV)).status).toBe(404);
    const stream = begin(id);
    const answered = answerOf(stream);
    stream.write(`to,name\n${lines(0, 5_000)}`);
    await tenant.api.until(`/bulk-send/${id}`, ({ body }) => (body['counts'] as { total: number }).total >= 2_000);
    expect((await tenant.api.post(`/bulk-send/${id}/cancel`)).status).toBe(200);
    const before = await total(id);
    stream.end(lines(5_000, 20_000));
    expect(await answered).toMatchObject({ status: 409, body: { code: 'conflict' } });
    expect(await total(id)).toBe(before);
    expect((await upload(id, 'to\na@example.com\n')).status).toBe(409);
    const nobody = '00000000-0000-7000-8000-000000000000';
    expect((await upload(nobody, 'to\na@example.com\n')).status).toBe(404);
  });

  it('leave one line in the audit log, with the first that is stored', async () => {
    const id = await draft();
    await upload(id, 'to\nnobody\n');
    await upload(id, `to,name\n${lines(0, 5_000)}`);
    const { body } = await tenant.api.get(`/audit-log?action=campaign.recipients_added&resourceId=${id}`);
    expect(body['data']).toHaveLength(1);
  });
});

describe('a file that is no list of recipients', () => {
  it.each([
    ['nothing', '', /must begin with a row of headings/],
    ['nobody named', 'name,age\nAda,5\n', /must have a column to, contactId or externalId/],
    ['a person instead of headings', 'ada@b.co,Ada\n', /^column 1 must be to/],
    ['a heading twice', 'to,TO\n', /column 2 is the same as column 1/],
    ['a variable twice', 'to,x,x\n', /column 3 is the same as column 2/],
    ['an empty heading', 'to,\n', /column 2 must be/],
    ['a heading of two words', 'to,First Name\n', /column 2 must be/],
    ['a heading that every object has', 'to,constructor\n', /column 2 must be/],
    ['__proto__', 'to,__proto__\n', /column 2 must be/],
    ['201 columns', `to${Array.from({ length: 200 }, (_, n) => `,x${n}`).join('')}\n`, /has 201 columns/],
    ['a quote that is never closed', '"to,name\n', /quote in its headings/],
    ['64,000 characters of headings', `to,${'x'.repeat(200_000)}`, /headings of at most/],
  ])('is refused with 422 when it has %s', async (_, head, message) => {
    const id = await draft();
    const answer = await upload(id, head && `${head}a@b.co,1\n`);
    expect(answer.status).toBe(422);
    expect(faults(answer)[0]).toMatchObject({ pointer: '/file', message: expect.stringMatching(message) });
    expect(answer.text).not.toContain('ada@b.co');
    expect(await total(id)).toBe(0);
  });

  it.each([
    ['text in another type', 'a@b.co', { 'content-type': 'text/plain' }, 415],
    ['JSON that is none', '[{"to":', { 'content-type': 'application/json' }, 400],
    ['a JSON object', '{"to":"a@b.co"}', { 'content-type': 'application/json' }, 422],
    ['an empty JSON list', '[]', { 'content-type': 'application/json' }, 422],
    ['10,001 items', JSON.stringify(Array(10_001).fill({})), { 'content-type': 'application/json' }, 422],
    ['a compressed file', 'x', { ...CSV, 'content-encoding': 'gzip' }, 415],
  ])('is refused when it is %s', async (_, body, headers, status) => {
    expect((await tenant.api.post(path(await draft()), body, headers)).status).toBe(status);
  });

  it('rejects rows one by one, says where the first hundred are, and takes the rest', async () => {
    const id = await draft();
    const bad = [
      'nonsense,a',
      'a\u0000@b.co,a',
      `${'x'.repeat(400)}@b.co,a`,
      `n@b.co,${'y'.repeat(10_001)}`,
      'o@b.co,a\u0000',
    ];
    const answer = await upload(
      id,
      `to,name\n${bad.join('\n')}\np@b.co,ok,more\nq@b.co,fine\n${'nobody,\n'.repeat(300)}`,
    );
    expect(answer.body).toMatchObject({ taken: 1, duplicates: 0, rejected: 306, total: 1 });
    const errors = answer.body['errors'] as { line: number }[];
    expect(errors.map(({ line }) => line)).toEqual(Array.from({ length: 101 }, (_, n) => n + 2).filter((n) => n !== 8));
  });

  it('runs no formula: a cell that another program disarmed is what it was', async () => {
    const id = await draft('SMS');
    const answer = await upload(id, `to,name\n'+14155552671,"'=HYPERLINK(""x"")"\n=cmd|' /C calc'!A0,x\n`);
    expect(answer.body).toMatchObject({ taken: 1, rejected: 1 });
    expect(await list(id)).toMatchObject([{ to: '+14155552671', variables: { name: '=HYPERLINK("x")' } }]);
  });

  it.each([
    ['bytes that are no UTF-8', Buffer.from([0xe9, 0x0a]), /must be text in UTF-8/, 2_000],
    ['a quote that is never closed', Buffer.from(`"${'x,y\n'.repeat(600_000)}`), /Row 4002 has no end/, 4_000],
    ['a line of 3 MB', Buffer.alloc(3_000_000, 'x'), /Row 4002 has no end/, 4_000],
  ])('is read up to %s, and what was before stays', async (_, bytes, message, least) => {
    const id = await draft();
    const stream = begin(id);
    const answered = answerOf(stream);
    stream.write(`to,name\n${lines(0, 4_000)}`);
    stream.end(bytes);
    const { status, body } = await answered;
    expect(status).toBe(422);
    expect(body['errors']).toMatchObject([{ pointer: '/file', message: expect.stringMatching(message) }]);
    const stored = await total(id);
    expect([stored >= least, stored <= 4_000]).toEqual([true, true]);
  });
});

function begin(id: string): ClientRequest {
  const stream = openRequest(`${app.url}/api/v1/communication${path(id)}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenant.key}`, ...CSV },
  });
  stream.on('error', () => undefined);
  return stream;
}

function answerOf(stream: ClientRequest): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject).once('response', (answer) => {
      readText(answer).then(
        (text) => resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }),
        reject,
      );
    });
  });
}
