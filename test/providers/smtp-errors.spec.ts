import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProvider } from '../../src/providers/registry';
import type { FaultClass, ProviderIo, SendResult } from '../../src/providers/provider';
import type { SmtpCommand, SmtpResult } from '../../src/providers/smtp-io';
import { REPLY_CLASSES } from '../../src/providers/smtp/errors';
import { accountOf, kitOf } from './accounts';
import { NOW } from './answers';

const provider = findProvider('smtp')!;
const { codes } = JSON.parse(readFileSync(join(__dirname, 'vectors/smtp-error-classes.json'), 'utf8')) as {
  codes: Record<string, [string, string]>;
};
const isReply = (code: string) => /^\d{3}$/.test(code);

async function made(result: SmtpResult, settings: Record<string, unknown> = {}): Promise<SendResult> {
  const io: ProviderIo = {
    now: () => NOW,
    http: () => Promise.reject(new Error('SMTP is not HTTP')),
    smtp: () => Promise.resolve(result),
  };
  const account = { ...accountOf('smtp', 'EMAIL', 'smtp://mail.acme.example:587'), settings };
  const message = {
    messageId: 'x',
    ref: 'x.1',
    channelType: 'EMAIL',
    messageType: 'TEXT',
    to: 'ada@example.com',
    content: { subject: 'x', text: 'x' },
    purpose: 'TRANSACTIONAL',
  } as const;
  return provider.send(message, account, io);
}

async function classOf(result: SmtpResult): Promise<FaultClass | undefined> {
  const made_ = await made(result);
  return 'fault' in made_ ? made_.fault.class : undefined;
}

const refused = (code: number, command: SmtpCommand, enhanced?: string): SmtpResult => ({
  kind: 'REFUSED',
  code,
  command,
  response: `${code} ${enhanced ?? ''} No`,
  ...(enhanced !== undefined && { enhanced }),
});

describe('the class of a reply', () => {
  it.each(Object.entries(codes).filter(([code]) => isReply(code)))('%s at RCPT: %j', async (code, [faultClass]) => {
    expect(REPLY_CLASSES[Number(code)]).toBe(faultClass);
    expect(await classOf(refused(Number(code), 'RCPT'))).toBe(faultClass);
  });

  it('is listed for these codes and no other', () => {
    expect(Object.keys(REPLY_CLASSES).sort()).toEqual(Object.keys(codes).filter(isReply).sort());
  });

  it.each<[string, SmtpResult]>([
    ['EAUTH', { kind: 'NOT_SENT', code: 'EAUTH', message: 'x' }],
    ['EAUTH', refused(504, 'AUTH')],
    ['ESOCKET', { kind: 'NOT_SENT', code: 'ESOCKET', message: 'x' }],
    ['ETIMEDOUT', { kind: 'IN_DOUBT', code: 'ETIMEDOUT', message: 'x' }],
    ['EMESSAGE', { kind: 'NOT_SENT', code: 'EMESSAGE', message: 'x' }],
  ])('of nodemailer’s %s is the listed one: %j', async (code, result) => {
    expect(await classOf(result)).toBe(codes[code]?.[0]);
  });

  it.each<[number, SmtpCommand, string | undefined, FaultClass]>([
    // What the enhanced code says counts before the reply code.
    [550, 'RCPT', '5.1.1', 'invalid_recipient'],
    [550, 'RCPT', '5.1.10', 'invalid_recipient'],
    [550, 'RCPT', '5.1.8', 'config'],
    [550, 'RCPT', '5.2.1', 'unreachable'],
    [550, 'RCPT', '5.4.1', 'unreachable'],
    [550, 'RCPT', '5.5.0', 'invalid_recipient'],
    [550, 'RCPT', '5.7.1', 'blocked'],
    [550, 'CONTENT', '5.7.26', 'blocked'],
    [552, 'MAIL', '5.3.4', 'content'],
    [552, 'RCPT', '5.2.2', 'unreachable'],
    [554, 'CONTENT', '5.6.0', 'content'],
    [554, 'RCPT', '5.1.1', 'invalid_recipient'],
    [452, 'RCPT', '4.2.2', 'transient'],
    [452, 'RCPT', '4.5.3', 'throttled'],
    // An address that was not named yet, or a mail that was, is not to blame the recipient.
    [550, 'CONN', undefined, 'config'],
    [550, 'EHLO', '5.1.1', 'config'],
    [553, 'MAIL', undefined, 'config'],
    [551, 'CONTENT', undefined, 'blocked'],
    [550, 'CONTENT', '5.1.1', 'invalid_recipient'],
    [550, 'DATA', '5.1.1', 'invalid_recipient'],
    // Logins.
    [535, 'AUTH', '5.7.8', 'auth'],
    [550, 'AUTH', undefined, 'auth'],
    [534, 'MAIL', '5.7.9', 'auth'],
    [530, 'MAIL', '5.7.0', 'auth'],
    [454, 'AUTH', '4.7.0', 'throttled'],
    [430, 'AUTH', undefined, 'transient'],
    // Codes that nobody listed.
    [471, 'RCPT', undefined, 'transient'],
    [432, 'CONTENT', '4.7.12', 'transient'],
    [559, 'RCPT', undefined, 'unreachable'],
    [521, 'CONTENT', undefined, 'unreachable'],
    [521, 'CONN', undefined, 'config'],
    [502, 'STARTTLS', '5.5.1', 'config'],
  ])('%i at %s with %s is %s', async (code, command, enhanced, faultClass) => {
    expect(await classOf(refused(code, command, enhanced))).toBe(faultClass);
  });
});

describe('what is made of a result', () => {
  it.each<[string, SmtpResult, string]>([
    ['no connection', { kind: 'NOT_SENT', code: 'ECONNREFUSED', message: 'x' }, 'NOT_SENT'],
    [
      'a server that does not take that size',
      { kind: 'NOT_SENT', code: 'EMESSAGE', message: 'x' },
      'REJECTED_PERMANENT',
    ],
    ['a host that is not allowed', { kind: 'NOT_SENT', code: 'host_not_allowed', message: 'x' }, 'REJECTED_PERMANENT'],
    ['no answer', { kind: 'IN_DOUBT', code: 'timeout', message: 'x' }, 'IN_DOUBT'],
    ['a wrong password', refused(535, 'AUTH'), 'REJECTED_RETRY'],
    ['too much', refused(452, 'RCPT'), 'THROTTLED'],
    ['nobody', refused(550, 'RCPT'), 'REJECTED_PERMANENT'],
  ])('%s', async (_name, result, outcome) => {
    expect((await made(result)).outcome).toBe(outcome);
  });

  it('the id of an accepted mail is its Message-ID', async () => {
    const result = await made({ kind: 'ACCEPTED', response: '250 queued as 4ABC', refused: [] });
    expect(result).toEqual({ outcome: 'ACCEPTED', providerMessageId: 'x.1@acme.example' });
  });

  it('a refusal is told with its codes and without addresses, numbers and secrets', async () => {
    const response = `550-5.1.1 <ada@example.com> unknown\n550 5.1.1 call +1 415 555 2671, ${kitOf('smtp').secrets[0]}`;
    const result = await made({ kind: 'REFUSED', code: 550, enhanced: '5.1.1', command: 'RCPT', response });
    expect(result).toEqual({
      outcome: 'REJECTED_PERMANENT',
      fault: {
        class: 'invalid_recipient',
        code: '550 5.1.1',
        message: 'RCPT: 550 5.1.1 <[address]> unknown 5.1.1 call [number], [credential]',
      },
    });
  });

  it('a reply of any length is told in short, and at once', async () => {
    const started = performance.now();
    const result = await made({
      kind: 'REFUSED',
      code: 550,
      command: 'RCPT',
      response: `550 ${'a'.repeat(1_000_000)}`,
    });
    expect(performance.now() - started).toBeLessThan(5_000);
    expect('fault' in result && result.fault.message.length).toBe(500);
  });

  it.each([
    [{ replyTo: 'Ann <ann@acme.example>' }, '/settings/replyTo'],
    [{ replyTo: 7 }, '/settings/replyTo'],
    [{ returnPathDomain: 'a b' }, '/settings/returnPathDomain'],
    [{ returnPathDomain: '' }, '/settings/returnPathDomain'],
  ])('a setting that is not usable sends nothing: %j', async (settings, pointer) => {
    const result = await made({ kind: 'ACCEPTED', response: '', refused: [] }, settings);
    expect(result).toMatchObject({ outcome: 'REJECTED_PERMANENT', fault: { class: 'config', code: 'refused_here' } });
    expect(JSON.stringify(result)).toContain(pointer);
  });
});

it('says that it can neither send nor check where there is no mail', async () => {
  const io: ProviderIo = { now: () => NOW, http: () => Promise.reject(new Error('SMTP is not HTTP')) };
  const account = accountOf('smtp', 'EMAIL', 'smtp://mail.acme.example:587');
  expect(await provider.check?.(account, io)).toMatchObject({ ok: false, fault: { class: 'config' } });
});
