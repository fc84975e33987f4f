import { startApp, type TestApp } from '../support/app';
import { LOGIN, startMailServer, type MailServer } from './smtp-servers';

const channel = (host: string, more: object = {}) => ({
  name: `Mail ${host}`,
  channelType: 'EMAIL',
  providerType: 'smtp',
  from: 'news@acme.example',
  isDefault: true,
  credentials: { host, port: '587', security: 'none', ...LOGIN },
  ...more,
});
const mail = { channelType: 'EMAIL', to: 'ada@example.com', content: { subject: 'Hello', text: 'Hello Ada' } };

async function failed(app: TestApp, host: string): Promise<Record<string, unknown>[]> {
  const { api } = await app.tenant({ bare: true });
  const { body } = await api.post('/channels', channel(host));
  const verified = await api.post(`/channels/${String(body['id'])}/verify`);
  const sent = await api.post('/messages', mail);
  const { body: message } = await api.message(sent.body['id'], 'FAILED', 'SENT', 'DELIVERED');
  return [verified.body, message];
}

describe('the application with a mail server that the operator names', () => {
  let server: MailServer;
  let app: TestApp;
  beforeAll(async () => {
    server = await startMailServer();
    app = await startApp({ PROVIDER_URL_SMTP: `smtp://127.0.0.1:${server.port}` });
  });
  afterAll(() => server.close());

  it('verifies a channel, sends over its connection, and closes that when it stops', async () => {
    const { api } = await app.tenant({ bare: true });
    const made = await api.post('/channels', channel('mail.acme.example'));
    expect([made.status, made.text]).toEqual([201, expect.not.stringContaining(LOGIN.password)]);
    const verified = await api.post(`/channels/${String(made.body['id'])}/verify`);
    expect(verified.body).toMatchObject({ verified: true });
    for (let count = 0; count < 3; count += 1) {
      const { body } = await api.post('/messages', mail);
      await api.message(body['id'], 'SENT');
    }
    expect(server.received.map(({ envelope }) => envelope.to)).toEqual([[mail.to], [mail.to], [mail.to]]);
    expect([server.connections, server.open()]).toEqual([2, 1]); // one to verify, one for all mails
    await app.close();
    for (let tries = 0; tries < 50 && server.open() > 0; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.open()).toBe(0);
  });
});

describe('the application without a mail server that the operator allows', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ SMTP_ALLOWED_HOSTS: 'mail.acme.example' });
  });
  afterAll(() => app.close());

  it('calls none, and says which variable allows one', async () => {
    const [verified, message] = await failed(app, 'mail.evil.example');
    expect(verified).toMatchObject({ verified: false, detail: expect.stringContaining('SMTP_ALLOWED_HOSTS') });
    expect(message).toMatchObject({ status: 'FAILED' });
    expect(JSON.stringify(message)).toContain('SMTP_ALLOWED_HOSTS');
  });
});
