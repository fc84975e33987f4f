import { createSmtpClient, type SmtpClient } from '../../src/platform/egress/smtp-client';
import type { OutboundMessage, ProviderIo, SendResult } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { NOW, notSent, doubt, accepted, permanent, retry, throttled, type Expected } from './answers';
import { refusedUrl } from './raw-server';
import { CERTIFICATES, LOGIN, startMailServer, startScriptedServer, type Behaviour, type Script } from './smtp-servers';

const TIMEOUT_MS = 400;
const provider = findProvider('smtp')!;
const message: OutboundMessage = {
  messageId: '0197a000-0000-7000-8000-000000000001',
  ref: '0197a000-0000-7000-8000-000000000001.1',
  channelType: 'EMAIL',
  messageType: 'TEXT',
  to: 'ada@example.com',
  content: { subject: 'Hello', text: 'Hello Ada' },
  purpose: 'TRANSACTIONAL',
};

let client: SmtpClient;
let servers: { close(): Promise<void> }[] = [];
beforeEach(() => {
  client = createSmtpClient({ rule: () => undefined, ca: CERTIFICATES.localhost.cert + CERTIFICATES.other.cert });
});
afterEach(async () => {
  await client.close();
  await Promise.all(servers.map((server) => server.close()));
  servers = [];
});

const io: ProviderIo = {
  now: () => NOW,
  http: () => Promise.reject(new Error('SMTP is not HTTP')),
  smtp: (request) => client.send({ ...request, timeoutMs: TIMEOUT_MS }),
  smtpVerify: (server) => client.verify({ ...server, timeoutMs: TIMEOUT_MS }),
};

type Credentials = { security?: string; user?: string | undefined; password?: string };

function account(port: number, { security = 'none', user = LOGIN.user, password = LOGIN.password }: Credentials = {}) {
  const usual = accountOf('smtp', 'EMAIL', `smtp://localhost:${port}`);
  return { ...usual, credentials: { ...usual.credentials, security, user, password } };
}

function expectOutcome(result: SendResult, [outcome, faultClass]: Expected): void {
  expect([result.outcome, 'fault' in result ? result.fault.class : undefined]).toEqual([outcome, faultClass]);
  const shown = JSON.stringify(result);
  for (const secret of [LOGIN.password, Buffer.from(LOGIN.password).toString('base64'), message.to])
    expect(shown).not.toContain(secret);
}

const REAL: readonly [name: string, behaviour: Behaviour, credentials: Credentials, expected: Expected][] = [
  ['takes it', {}, {}, accepted],
  ['takes it over STARTTLS', {}, { security: 'starttls' }, accepted],
  ['takes it over TLS', { options: { secure: true } }, { security: 'tls' }, accepted],
  [
    'has the certificate of another host',
    { options: { secure: true, ...CERTIFICATES.other } },
    { security: 'tls' },
    notSent,
  ],
  [
    'has the certificate of another host after STARTTLS',
    { options: CERTIFICATES.other },
    { security: 'starttls' },
    notSent,
  ],
  ['speaks no TLS where TLS is wanted', {}, { security: 'tls' }, notSent],
  [
    'has no STARTTLS where it is wanted',
    { options: { disabledCommands: ['STARTTLS'] } },
    { security: 'starttls' },
    permanent('config'),
  ],
  ['does not know the password', {}, { password: 'something else' }, retry('auth')],
  ['takes no password without TLS', { options: { allowInsecureAuth: false } }, {}, retry('auth')],
  ['has no logins', { options: { disabledCommands: ['AUTH'] } }, {}, retry('auth')],
  [
    'cannot check logins now',
    {
      options: {
        onAuth: (_auth, _session, done) => done(Object.assign(new Error('4.7.0 Later'), { responseCode: 454 })),
      },
    },
    {},
    throttled,
  ],
  ['greets with 421', { greeting: '421 4.3.2 Too many connections' }, {}, retry('transient')],
  ['greets with 554', { greeting: '554 5.7.1 Your address is listed' }, {}, permanent('blocked')],
  ['refuses the sender', { mail: '553 5.7.1 Sender address not owned by user' }, {}, permanent('blocked')],
  ['refuses the sender without saying why', { mail: '550 No' }, {}, permanent('config')],
  ['does not know the sender', { mail: '550 5.1.8 Domain of sender does not exist' }, {}, permanent('config')],
  ['is busy at MAIL', { mail: '451 4.3.0 Busy' }, {}, retry('transient')],
  [
    'does not know the recipient',
    { rcpt: '550 5.1.1 <ada@example.com> No such user' },
    {},
    permanent('invalid_recipient'),
  ],
  ['refuses the recipient without an enhanced code', { rcpt: '550 No such user' }, {}, permanent('invalid_recipient')],
  ['refuses to relay', { rcpt: '550 5.7.1 Relaying denied' }, {}, permanent('blocked')],
  ['knows that the mailbox is full', { rcpt: '552 5.2.2 Over quota' }, {}, permanent('unreachable')],
  ['knows that the mailbox is full for now', { rcpt: '452 4.2.2 Over quota' }, {}, retry('transient')],
  ['delays the recipient', { rcpt: '450 4.2.0 Greylisted' }, {}, retry('transient')],
  ['has an error at RCPT', { rcpt: '451 4.3.0 Try again' }, {}, retry('transient')],
  ['has had enough at RCPT', { rcpt: '452 4.5.3 Too many recipients' }, {}, throttled],
  ['closes at RCPT', { rcpt: '421 4.3.2 Closing' }, {}, retry('transient')],
  ['refuses RCPT in a way of its own', { rcpt: '557 Never' }, {}, permanent('unreachable')],
  ['delays RCPT in a way of its own', { rcpt: '471 Perhaps' }, {}, retry('transient')],
  ['wants a login', { rcpt: '530 5.7.0 Authentication required' }, {}, retry('auth')],
  ['takes the mail for spam', { content: '554 5.7.1 Spam' }, {}, permanent('blocked')],
  ['takes the mail for spam and says 550', { content: '550 High probability of spam' }, {}, permanent('blocked')],
  ['finds no recipient after the mail', { content: '550 5.1.1 No such user' }, {}, permanent('invalid_recipient')],
  ['finds the mail too big after all', { content: '552 5.3.4 Too big' }, {}, permanent('content')],
  ['has no room after the mail', { content: '452 4.3.1 No room' }, {}, throttled],
  ['has an error after the mail', { content: '451 4.3.0 Try again' }, {}, retry('transient')],
  ['closes after the mail and says so', { content: '421 4.3.2 Closing' }, {}, retry('transient')],
  ['says that it takes no mail of that size', { options: { size: 10 } }, {}, permanent('content')],
];

const SCRIPTED: readonly [name: string, script: Script, expected: Expected][] = [
  ['takes it', {}, accepted],
  ['never greets', { greeting: 'hang' }, notSent],
  ['closes before it greets', { greeting: 'close' }, notSent],
  ['resets before it greets', { greeting: 'reset' }, notSent],
  ['greets in another protocol', { greeting: 'SSH-2.0-OpenSSH_9.2' }, notSent],
  ['knows neither EHLO nor HELO', { EHLO: '502 No', HELO: '502 No' }, permanent('config')],
  ['does not answer to EHLO', { EHLO: 'hang' }, notSent],
  ['does not answer to AUTH', { AUTH: 'hang' }, notSent],
  ['closes at AUTH', { AUTH: 'close' }, notSent],
  ['does not answer to MAIL', { MAIL: 'hang' }, notSent],
  ['resets at RCPT', { RCPT: 'reset' }, notSent],
  ['does not answer to DATA', { DATA: 'hang' }, notSent],
  ['closes at DATA', { DATA: 'close' }, notSent],
  ['resets at DATA', { DATA: 'reset' }, notSent],
  ['answers 421 to DATA', { DATA: '421 4.3.2 Closing' }, retry('transient')],
  ['answers 451 to DATA', { DATA: '451 4.3.0 Try again' }, retry('transient')],
  ['answers 452 to DATA', { DATA: '452 4.3.1 No room' }, throttled],
  ['answers 550 to DATA', { DATA: '550 No' }, permanent('blocked')],
  ['answers 554 to DATA', { DATA: '554 5.5.1 No valid recipients' }, permanent('blocked')],
  ['does not answer to the mail', { content: 'hang' }, doubt],
  ['closes after the mail', { content: 'close' }, doubt],
  ['resets after the mail', { content: 'reset' }, doubt],
  ['resets within the mail', { firstByte: 'reset' }, doubt],
  ['closes within the mail', { firstByte: 'close' }, doubt],
  ['answers nonsense to the mail', { content: 'fine, thanks' }, doubt],
  ['answers 354 to the mail', { content: '354 More' }, doubt],
  ['never ends its greeting', { greeting: `220-${'a'.repeat(100_000)}` }, notSent],
  ['never ends its answer to the mail', { content: `250-${'a'.repeat(100_000)}` }, doubt],
  ['closes within a refusal of the mail', { content: '451 4.3…' }, doubt],
  ['begins an answer to the mail', { content: '250-2.0.0 Ok' }, doubt],
];

it('are more than 24 behaviours', () => {
  expect(REAL.length + SCRIPTED.length).toBeGreaterThan(60);
});

describe('a real mail server that', () => {
  it.each(REAL)('%s', async (_name, behaviour, credentials, expected) => {
    const server = await startMailServer(behaviour);
    servers.push(server);
    const result = await provider.send(message, account(server.port, credentials), io);
    expectOutcome(result, expected);
    expect(server.received).toHaveLength(expected === accepted ? 1 : 0);
    expect(server.connections).toBeLessThanOrEqual(1);
  });
});

describe('a server that', () => {
  it.each(SCRIPTED)('%s', async (_name, script, expected) => {
    const server = await startScriptedServer(script);
    servers.push(server);
    const started = performance.now();
    expectOutcome(await provider.send(message, account(server.port), io), expected);
    expect(performance.now() - started).toBeLessThan(TIMEOUT_MS + 5_000); // the machine may be busy; a hang has no end
    expect(server.connections).toBe(1);
    expect(server.commands.filter((line) => line === 'DATA').length).toBeLessThanOrEqual(1);
  });
});

describe('no server', () => {
  it.each([
    ['listens', refusedUrl],
    ['has that name', () => 'http://no.such.invalid:25'],
  ])('%s', async (_name, url) => {
    const baseUrl = (await url()).replace('http:', 'smtp:');
    expectOutcome(await provider.send(message, { ...account(25), baseUrl }, io), notSent);
  });
});

describe('a check of the credentials', () => {
  const check = async (behaviour: Behaviour, credentials: Credentials = {}) => {
    const server = await startMailServer(behaviour);
    servers.push(server);
    const result = await provider.check!(account(server.port, credentials), io);
    return { result, server };
  };

  it('signs in and sends nothing', async () => {
    const { result, server } = await check({}, { security: 'starttls' });
    expect(result).toEqual({ ok: true });
    expect([server.connections, server.logins, server.received.length]).toEqual([1, 1, 0]);
  });

  it.each<[string, Behaviour, Credentials, string]>([
    ['a wrong password', {}, { password: 'wrong' }, 'auth'],
    ['a certificate of another host', { options: CERTIFICATES.other }, { security: 'starttls' }, 'transient'],
    ['no STARTTLS', { options: { disabledCommands: ['STARTTLS'] } }, { security: 'starttls' }, 'config'],
    ['a server that is full', { greeting: '421 Too many' }, {}, 'transient'],
  ])('tells of %s', async (_name, behaviour, credentials, faultClass) => {
    const { result } = await check(behaviour, credentials);
    expect(result).toMatchObject({ ok: false, fault: { class: faultClass } });
    expect(JSON.stringify(result)).not.toContain(LOGIN.password);
  });

  it('does not sign in over a connection that is already open', async () => {
    const server = await startMailServer();
    servers.push(server);
    await provider.send(message, account(server.port), io);
    await provider.check!(account(server.port), io);
    expect([server.connections, server.logins]).toEqual([2, 2]);
  });
});

it('a reply that repeats the login in any form: it is not in the fault', async () => {
  const forms = [LOGIN.user, LOGIN.password, `\0${LOGIN.user}\0${LOGIN.password}`].flatMap((text) => [
    text,
    Buffer.from(text).toString('base64'),
  ]);
  const server = await startScriptedServer({ AUTH: `535 5.7.8 refused: ${forms.join(' | ').replaceAll('\0', '')}` });
  servers.push(server);
  const result = await provider.send(message, account(server.port), io);
  expect(result).toMatchObject({ outcome: 'REJECTED_RETRY', fault: { class: 'auth', code: '535 5.7.8' } });
  for (const form of forms) expect(JSON.stringify(result)).not.toContain(form);
  expect(JSON.stringify(result)).toContain('refused:');
});
