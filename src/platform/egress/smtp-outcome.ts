type Command = 'CONN' | 'EHLO' | 'HELO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'CONTENT';

/**
 * What came of a mail. NOT_SENT: no byte of its content was written, so nobody can have accepted it. IN_DOUBT: content was
 * written and no whole answer came back. `message` holds neither address nor credential; `response` is the server's own text.
 */
export type SmtpOutcome =
  | { kind: 'ACCEPTED'; response: string; refused: readonly string[] }
  | { kind: 'REFUSED'; code: number; enhanced?: string; command: Command; response: string }
  | { kind: 'NOT_SENT'; code: string; message: string }
  | { kind: 'IN_DOUBT'; code: string; message: string };

/** The parts of nodemailer's errors that are looked at. */
type SmtpError = Error & {
  code?: string;
  /** Of the system error below, ECONNREFUSED. */
  originalCode?: string;
  response?: string;
  responseCode?: number;
  command?: string;
};

const COMMANDS: readonly Command[] = ['CONN', 'EHLO', 'HELO', 'STARTTLS', 'AUTH', 'MAIL', 'RCPT', 'DATA'];

/** What a fault means when content was written before it, or not. */
export function outcomeOf(error: unknown, contentWritten: boolean): SmtpOutcome {
  const fault: SmtpError = error instanceof Error ? error : new Error('unknown');
  const refusal = refusalOf(fault);
  // Once content was written, only the answer to it decides; what came otherwise may be the end of something else.
  if (refusal && (!contentWritten || refusal.command === 'CONTENT')) return refusal;

  const code = fault.originalCode ?? fault.code ?? fault.name;
  return contentWritten
    ? { kind: 'IN_DOUBT', code, message: `No answer came after the mail was written (${code}).` }
    : noMail(code);
}

/** NOT_SENT for this reason. */
export function noMail(code: string): SmtpOutcome {
  return { kind: 'NOT_SENT', code, message: `The mail was not sent (${code}).` };
}

function refusalOf({
  code,
  command = '',
  response = '',
  responseCode = 0,
}: SmtpError): (SmtpOutcome & { kind: 'REFUSED' }) | undefined {
  if (!(responseCode >= 400 && responseCode < 600)) return undefined;
  // nodemailer names the answer to the content EMESSAGE; its command is DATA, like that of the go-ahead before it.
  const verb = code === 'EMESSAGE' ? 'CONTENT' : (COMMANDS.find((each) => command.startsWith(each)) ?? 'CONN');
  const enhanced = /^\d{3}[ -]([45]\.\d{1,3}\.\d{1,3})(?!\S)/.exec(response)?.[1];
  return { kind: 'REFUSED', code: responseCode, ...(enhanced && { enhanced }), command: verb, response };
}
