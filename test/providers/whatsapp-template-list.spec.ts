import type { HttpRequest, HttpResult } from '../../src/providers/http';
import type { Account, FaultClass } from '../../src/providers/provider';
import { whatsapp } from '../../src/providers/whatsapp';
import { accountOf } from './accounts';
import { recorder } from './recorder';

const NOW = new Date('2026-11-21T10:00:00Z');
const noAnswer: HttpResult = { kind: 'IN_DOUBT', code: 'timeout', message: 'No whole answer within 1 ms.' };

function json(status: number, body: object): HttpResult {
  return { kind: 'RESPONSE', status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
}

const failure = (status: number, code: number) => json(status, { error: { code, message: 'no' } });

function account(changes: Partial<Account> = {}): Account {
  return { ...accountOf('whatsapp', 'WHATSAPP'), ...changes };
}

describe('listing the templates of a WhatsApp account', () => {
  async function list(answers: HttpResult[], changes: Partial<Account> = {}) {
    const left = [...answers];
    const { io, recorded } = recorder(NOW, () => left.shift() ?? noAnswer);
    return {
      result: await whatsapp.listTemplates?.(account(changes) as never, io),
      asked: recorded.http as HttpRequest[],
    };
  }
  const listed = (status: unknown, more: object = {}) =>
    json(200, { data: [{ name: 'a', language: 'en_US', status, ...more }] });

  it.each([
    ['APPROVED', 'APPROVED'],
    ['IN_APPEAL', 'PENDING'],
    ['PAUSED', 'PAUSED'],
    ['PENDING_DELETION', 'DISABLED'],
    ['constructor', 'UNKNOWN'],
    [5, 'UNKNOWN'],
    [undefined, 'UNKNOWN'],
  ])('takes the word %j for %s', async (word, status) => {
    expect((await list([listed(word)])).result).toEqual({ templates: [{ name: 'a', language: 'en_US', status }] });
  });

  it('tells the reason of a refusal, and leaves out what has no name', async () => {
    expect((await list([listed('REJECTED', { rejected_reason: 'SCAM' })])).result).toMatchObject({
      templates: [{ status: 'REJECTED', reason: 'SCAM' }],
    });
    expect((await list([json(200, { data: [{}, null, 5, { name: 'a' }] })])).result).toEqual({ templates: [] });
  });

  it('goes from page to page by the cursor, never to an address in the answer', async () => {
    const page = (after: string) =>
      json(200, { data: [], paging: { cursors: { after }, next: 'https://evil.example/' } });
    const { asked } = await list([page('A b'), json(200, { data: [], paging: { cursors: { after: 'C' } } })]);
    expect(asked.map(({ url }) => new URL(url).host)).toEqual(['provider.invalid', 'provider.invalid']);
    expect(asked.map(({ url }) => new URL(url).searchParams.get('after'))).toEqual([null, 'A b']);
  });

  it('ends at some page, whatever the answers say', async () => {
    const endless = json(200, { data: [], paging: { cursors: { after: 'x' }, next: 'https://evil.example/' } });
    expect((await list(Array.from({ length: 200 }, () => endless))).asked).toHaveLength(50);
  });

  it.each<[string, HttpResult, FaultClass]>([
    ['a token that ended', failure(401, 190), 'auth'],
    ['no answer', noAnswer, 'ambiguous'],
  ])('tells why there is no list: %s', async (_, answer, faultClass) => {
    expect((await list([answer])).result).toMatchObject({ fault: { class: faultClass } });
  });

  it('asks nobody where no account is known', async () => {
    const { wabaId: _id, ...credentials } = account().credentials;
    const { result, asked } = await list([], { credentials });
    expect([result, asked]).toEqual([{ fault: expect.objectContaining({ class: 'config' }) }, []]);
  });
});
