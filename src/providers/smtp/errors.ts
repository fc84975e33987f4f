import { safeMessage } from '../faults';
import type { Account, Fault, FaultClass } from '../provider';
import type { SmtpCommand, SmtpNoAnswer, SmtpRefusal } from '../smtp-io';
import type { SmtpCredentials } from './credentials';

/** Reply codes. Any other 4xx is transient, any other 5xx unreachable. */
export const REPLY_CLASSES: Readonly<Record<number, FaultClass>> = {
  421: 'transient', // service not available, closing
  450: 'transient', // greylisting, mailbox busy
  451: 'transient',
  452: 'throttled', // too many recipients or too little room, for now
  454: 'throttled', // SES: throttling failure
  535: 'auth',
  550: 'invalid_recipient', // with an enhanced code what that says
  551: 'invalid_recipient',
  552: 'unreachable', // mailbox full
  553: 'invalid_recipient',
  554: 'blocked',
};

/** Replies that ask for a login, or a better one (RFC 4954, 6). */
const LOGIN_NEEDED: readonly number[] = [530, 534, 538];

/** Enhanced status codes (RFC 3463 and its registry), from the more to the less exact. */
const ENHANCED: readonly (readonly [beginning: string, faultClass: FaultClass])[] = [
  ['5.1.7', 'config'], // the sender's address
  ['5.1.8', 'config'],
  ['5.1.', 'invalid_recipient'],
  ['5.2.3', 'content'], // too long for the mailbox
  ['5.2.', 'unreachable'], // mailbox disabled or full
  ['5.3.4', 'content'], // too big for the server
  ['5.4.', 'unreachable'], // routing
  ['5.6.', 'content'],
  ['5.7.8', 'auth'],
  ['5.7.9', 'auth'],
  ['5.7.', 'blocked'],
  ['4.2.2', 'transient'], // this mailbox is full: no reason to slow the others down
];

/** Why nothing was sent, where that is not for the network to mend; nodemailer's codes and those of the egress rule. */
export const NOT_SENT_CLASSES: Readonly<Record<string, FaultClass>> = {
  EAUTH: 'auth', // a dialogue of its own invention
  EMESSAGE: 'content', // larger than the server says it takes
  EENVELOPE: 'config',
  host_not_allowed: 'config',
  port_not_allowed: 'config',
};

const NOT_ALLOWED: Readonly<Record<string, string>> = {
  host_not_allowed: 'The operator does not allow this mail server (SMTP_ALLOWED_HOSTS).',
  port_not_allowed: 'Only the ports 25, 465, 587 and 2525 may be called, unless the operator sets PROVIDER_URL_SMTP.',
};

/** Of a reply as much as is looked at: enough for what is shown of it. */
const MAX_TEXT = 2_000;

/** The fault that a refusal means. */
export function faultOfRefusal(refusal: SmtpRefusal, account: Account<SmtpCredentials>): Fault {
  const { code, enhanced, command, response } = refusal;
  const codes = enhanced === undefined ? String(code) : `${code} ${enhanced}`;
  const text = response
    .slice(0, MAX_TEXT)
    .replace(/^\d{3}[ -]/gm, '')
    .replaceAll(/\s+/g, ' ');
  return {
    class: classOf(refusal),
    code: codes,
    message: safeMessage(`${command}: ${code} ${text}`, { credentials: secretsOf(account) }),
  };
}

/** The fault that a missing answer means. */
export function faultOfSilence({ kind, code, message }: SmtpNoAnswer): Fault {
  if (kind === 'IN_DOUBT') return { class: 'ambiguous', code, message };
  return { class: NOT_SENT_CLASSES[code] ?? 'transient', code, message: NOT_ALLOWED[code] ?? message };
}

function classOf({ code, enhanced = '', command }: SmtpRefusal): FaultClass {
  if (code >= 500 && (command === 'AUTH' || LOGIN_NEEDED.includes(code))) return 'auth';
  const byEnhanced = ENHANCED.find(([beginning]) => enhanced.startsWith(beginning))?.[1];
  const unknown = code < 500 ? 'transient' : 'unreachable';
  return aboutWhom(byEnhanced ?? REPLY_CLASSES[code] ?? unknown, command, byEnhanced !== undefined);
}

/** Before the recipient was named, nothing can be wrong with him; after it, a bare 550 is about the content. */
function aboutWhom(faultClass: FaultClass, command: SmtpCommand, isExact: boolean): FaultClass {
  const isAddress = faultClass === 'invalid_recipient' || faultClass === 'unreachable';
  if (!isAddress || command === 'RCPT') return faultClass;
  if (command !== 'DATA' && command !== 'CONTENT') return 'config';
  return isExact || faultClass === 'unreachable' ? faultClass : 'blocked';
}

/** The login in every form in which a server could repeat it. */
function secretsOf({ credentials: { user = '', password = '' } }: Account<SmtpCredentials>): Record<string, string> {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  return {
    plain: base64(`\0${user}\0${password}`),
    password64: base64(password),
    user64: base64(user),
    password,
    user,
  };
}
