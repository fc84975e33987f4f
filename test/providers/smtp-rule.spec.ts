import { createSmtpClient } from '../../src/platform/egress/smtp-client';
import { smtpRule } from '../../src/platform/egress/smtp-rule';
import { findProvider } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { NOW } from './answers';
import { startMailServer } from './smtp-servers';

describe('the servers that may be called', () => {
  const hostRule = (allowed: string | undefined, host: string, port = 587) => smtpRule({ allowed })(host, port);

  it.each<[string | undefined, string, number, ReturnType<typeof hostRule>]>([
    [undefined, 'mail.example.com', 587, 'host_not_allowed'],
    ['', '', 587, 'host_not_allowed'],
    ['', 'mail.example.com', 587, 'host_not_allowed'],
    ['mail.example.com', 'mail.example.com', 587, undefined],
    ['mail.example.com', 'MAIL.Example.com', 25, undefined],
    ['mail.example.com', 'mail.example.com', 465, undefined],
    ['mail.example.com', 'mail.example.com', 2525, undefined],
    ['mail.example.com', 'mail.example.com', 22, 'port_not_allowed'],
    ['*', 'mail.example.com', 6379, 'port_not_allowed'],
    ['mail.example.com', 'mail.example.org', 587, 'host_not_allowed'],
    ['mail.example.com', 'evilmail.example.com', 587, 'host_not_allowed'],
    ['mail.example.com', 'mail.example.com.evil.org', 587, 'host_not_allowed'],
    ['mail.example.com', 'mailxexample.com', 587, 'host_not_allowed'],
    ['*.example.com', 'a.b.example.com', 587, undefined],
    ['*.example.com', 'example.com', 587, 'host_not_allowed'],
    ['*.example.com', 'evilexample.com', 587, 'host_not_allowed'],
    ['*.example.com', '.example.com', 587, 'host_not_allowed'],
    ['*.example.com', 'evil.org/.example.com', 587, 'host_not_allowed'],
    ['*.example.com', 'evil.org\0.example.com', 587, 'host_not_allowed'],
    ['a.example, *.b.example , c.example', 'x.b.example', 587, undefined],
    ['a.example, *.b.example , c.example', 'c.example', 587, undefined],
    ['*', 'anything.example', 587, undefined],
    ['*', '127.0.0.1', 25, undefined],
    ['*', '[::1]', 25, 'host_not_allowed'],
    ['*', 'a b', 25, 'host_not_allowed'],
  ])('%j: %s port %i: %s', (allowed, host, port, expected) => {
    expect(hostRule(allowed, host, port)).toBe(expected);
  });

  it('are one server, at whatever port, where the operator names it', () => {
    const rule = smtpRule({ allowed: '*', only: 'smtp://Relay.internal:1025' });
    expect(rule('relay.internal', 1025)).toBeUndefined();
    expect(rule('relay.internal', 587)).toBe('host_not_allowed');
    expect(rule('mail.example.com', 587)).toBe('host_not_allowed');
  });

  it.each([
    ['a host', smtpRule({ allowed: 'mail.example.com' }), 'SMTP_ALLOWED_HOSTS'],
    ['a port', smtpRule({ allowed: '*' }), 'PROVIDER_URL_SMTP'],
  ])(
    'and no other: %s is refused with the key of the configuration, and nobody is called',
    async (_name, rule, key) => {
      const server = await startMailServer();
      const client = createSmtpClient({ rule });
      const provider = findProvider('smtp')!;
      const usual = accountOf('smtp', 'EMAIL', `smtp://localhost:${server.port}`);
      const io = {
        now: () => NOW,
        http: () => Promise.reject(new Error()),
        smtp: client.send.bind(client),
        smtpVerify: client.verify.bind(client),
      };
      const message = {
        messageId: 'x',
        ref: 'x.1',
        channelType: 'EMAIL',
        messageType: 'TEXT',
        to: 'ada@example.com',
        content: { subject: 'x', text: 'x' },
        purpose: 'TRANSACTIONAL',
      } as const;
      const fault = { class: 'config', message: expect.stringContaining(key) };
      expect(await provider.send(message, usual, io)).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault });
      expect(await provider.check?.(usual, io)).toMatchObject({ ok: false, fault });
      expect(server.connections).toBe(0);
      await client.close();
      await server.close();
      await client.close();
      await server.close();
    },
  );
});
