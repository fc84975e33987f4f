import { resultOf } from '../faults';
import type { Account, CheckResult, Fault, OutboundMessage, ProviderIo, SendResult } from '../provider';
import type { Refusal } from '../refusals';
import type { SmtpRequest } from '../smtp-io';
import { isAddress, wireAddress } from './address';
import { serverOf, type SmtpCredentials } from './credentials';
import { faultOfRefusal, faultOfSilence } from './errors';
import { composed, messageIdOf } from './mail';
import { refuse } from './refuse';

const DOMAIN = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,188}[A-Za-z0-9])?$/;

/** One mail to one recipient. The server's own id has no fixed form, so the Message-ID is the id. */
export async function send(
  message: OutboundMessage,
  account: Account<SmtpCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const [wrong] = [...badSettings(account), ...refuse(message)];
  if (wrong) return resultOf(faultOf(wrong));
  if (!io.smtp) return resultOf(faultOf(NO_MAIL));

  const request: SmtpRequest = {
    ...serverOf(account),
    envelope: envelopeOf(message, account),
    raw: await composed(message, account, io.now()),
  };
  const result = await io.smtp(request);
  if (result.kind === 'ACCEPTED') return { outcome: 'ACCEPTED', providerMessageId: messageIdOf(message, account) };
  if (result.kind === 'REFUSED') return resultOf(faultOfRefusal(result, account));
  const fault = faultOfSilence(result);
  return fault.class === 'transient' ? { outcome: 'NOT_SENT', fault } : resultOf(fault);
}

/** Connects and signs in, and sends nothing. */
export async function check(account: Account<SmtpCredentials>, io: ProviderIo): Promise<CheckResult> {
  if (!io.smtpVerify) return { ok: false, fault: faultOf(NO_MAIL) };
  const result = await io.smtpVerify(serverOf(account));
  if (result.kind === 'ACCEPTED') return { ok: true };
  return { ok: false, fault: result.kind === 'REFUSED' ? faultOfRefusal(result, account) : faultOfSilence(result) };
}

/** With a return path domain each attempt has a bounce address of its own (VERP); servers repeat ENVID in their reports too. */
function envelopeOf(
  { to, ref }: OutboundMessage,
  { from, settings }: Account<SmtpCredentials>,
): SmtpRequest['envelope'] {
  const { returnPathDomain } = settings;
  return {
    from: typeof returnPathDomain === 'string' ? `bounce+${ref}@${returnPathDomain}` : wireAddress(from),
    to: [wireAddress(to)],
    dsn: { envid: ref, notify: ['FAILURE'], ret: 'HDRS' },
  };
}

/** Settings are free-form, and a wrong one must not vanish. */
function badSettings({ from, settings: { replyTo, returnPathDomain } }: Account<SmtpCredentials>): Refusal[] {
  const wrong: [isWrong: boolean, pointer: string][] = [
    [!isAddress(from), '/from'],
    [replyTo !== undefined && !isAddress(replyTo), '/settings/replyTo'],
    [
      returnPathDomain !== undefined && !(typeof returnPathDomain === 'string' && DOMAIN.test(returnPathDomain)),
      '/settings/returnPathDomain',
    ],
  ];
  return wrong
    .filter(([isWrong]) => isWrong)
    .map(([, pointer]) => ({ pointer, message: 'This setting of the channel is not usable.' }));
}

const NO_MAIL: Refusal = { pointer: '', message: 'No mail can be sent from here.' };

function faultOf({ pointer, message }: Refusal): Fault {
  const isContent = pointer.startsWith('/content') || pointer === '/attachments';
  const faultClass = pointer === '/to' ? 'invalid_recipient' : isContent ? 'content' : 'config';
  return { class: faultClass, code: 'refused_here', message: `${pointer} ${message}`.trim() };
}
