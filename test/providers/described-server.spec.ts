import { createHttpClient } from '../../src/platform/egress/http-client';
import { startDescribedServer, type DescribedServer } from './described-server';

const client = createHttpClient();
afterAll(() => client.close());

describe('the server that speaks the official descriptions', () => {
  let server: DescribedServer;
  afterEach(() => server.close());

  const post = (path: string, body: string, type: string) =>
    client.http({ method: 'POST', url: server.url + path, headers: { 'content-type': type }, body });

  it('takes the wire format of a SendGrid mail and writes it into the ledger', async () => {
    server = await startDescribedServer({ description: 'sendgrid' });
    const mail = {
      from: { email: 'x@y.co', name: 'Acme' },
      subject: 's',
      content: [{ type: 'text/plain', value: 't' }],
      personalizations: [{ to: [{ email: 'a@b.co' }], custom_args: { mid: 'm_1' } }],
    };
    const answer = await post('/v3/mail/send', JSON.stringify(mail), 'application/json');
    expect(answer).toMatchObject({ kind: 'RESPONSE', status: 202, headers: { 'x-message-id': expect.any(String) } });
    expect(server.ledger).toMatchObject([
      { method: 'POST', path: '/v3/mail/send', body: mail, violations: [], accepted: true },
    ]);
  });

  it('refuses what the description of SendGrid forbids and says why', async () => {
    server = await startDescribedServer({ description: 'sendgrid' });
    const answer = await post('/v3/mail/send', JSON.stringify({ subject: 's' }), 'application/json');
    expect(answer).toMatchObject({ kind: 'RESPONSE', status: 400 });
    expect(server.ledger[0]?.violations.join()).toContain('personalizations');
    expect(server.ledger[0]?.accepted).toBe(false);
  });

  it('takes the form of a Twilio message, lists included', async () => {
    server = await startDescribedServer({ description: 'twilio' });
    const path = `/2010-04-01/Accounts/AC${'a'.repeat(32)}/Messages.json`;
    const form = 'To=%2B15005550006&From=%2B15005550001&Body=hi&MediaUrl=https%3A%2F%2Fa.example%2Fb.jpg';
    const answer = await post(path, form, 'application/x-www-form-urlencoded');
    expect(answer).toMatchObject({ kind: 'RESPONSE', status: 201 });
    expect(server.ledger[0]).toMatchObject({ accepted: true, messageId: expect.stringMatching(/^SM[0-9a-f]{32}$/) });
  });

  it('refuses a Twilio form without a recipient', async () => {
    server = await startDescribedServer({ description: 'twilio' });
    const path = `/2010-04-01/Accounts/AC${'a'.repeat(32)}/Messages.json`;
    const answer = await post(path, 'From=%2B15005550001&Body=hi', 'application/x-www-form-urlencoded');
    expect(answer).toMatchObject({ kind: 'RESPONSE', status: 400 });
  });

  it('plays its script one step a request and then answers as usual', async () => {
    server = await startDescribedServer({ description: 'twilio' });
    server.script({ status: 503, headers: { 'retry-after': '3' } }, { breaks: 'reset', accepts: true });
    const path = `/2010-04-01/Accounts/AC${'a'.repeat(32)}/Messages.json`;
    const send = () => post(path, 'To=%2B1500&From=%2B1501&Body=hi', 'application/x-www-form-urlencoded');
    expect(await send()).toMatchObject({ kind: 'RESPONSE', status: 503, headers: { 'retry-after': '3' } });
    expect(await send()).toMatchObject({ kind: 'IN_DOUBT' });
    expect(await send()).toMatchObject({ kind: 'RESPONSE', status: 201 });
    expect(server.ledger.map(({ accepted }) => accepted)).toEqual([false, true, true]);
  });
});
