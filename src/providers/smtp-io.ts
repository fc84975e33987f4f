/** How the connection is protected: TLS from the first byte, TLS after STARTTLS (never without it), or not at all. */
export type SmtpSecurity = 'tls' | 'starttls' | 'none';

/** A mail server and who we are to it. */
export interface SmtpServer {
  host: string;
  port: number;
  secure: SmtpSecurity;
  /** Signs in; a server that does not take it refuses the mail, nothing is sent without it. */
  user?: string;
  password?: string;
  /** Takes any certificate; default: one that is valid for the host. */
  allowInvalidCertificate?: boolean;
  /** One mail or check as a whole, from connect to the last answer; default 20 s. */
  timeoutMs?: number;
}

/** One mail for one server. */
export interface SmtpRequest extends SmtpServer {
  envelope: {
    /** Where bounces go; empty for the null sender. */
    from: string;
    to: readonly string[];
    /** What the server is to report and under which id (RFC 3461); left out where it has no DSN extension. */
    dsn?: { envid: string; notify: readonly ('SUCCESS' | 'FAILURE' | 'DELAY')[]; ret: 'HDRS' | 'FULL' };
  };
  /** The whole mail (RFC 5322), lines ended by CRLF. */
  raw: Buffer;
}

/** What was refused: the connection (CONN), a command, or the mail itself after DATA (CONTENT). */
export type SmtpCommand = 'CONN' | 'EHLO' | 'HELO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | 'CONTENT';

/** No answer that decides: NOT_SENT when no byte of the mail was written, so nobody can have accepted it. */
export type SmtpNoAnswer = { kind: 'NOT_SENT' | 'IN_DOUBT'; code: string; message: string };

export type SmtpRefusal = {
  kind: 'REFUSED';
  /** Reply code, 400 to 599. */
  code: number;
  /** Enhanced status code (RFC 3463), "5.1.1". */
  enhanced?: string;
  command: SmtpCommand;
  /** The whole reply: may name addresses and hosts. */
  response: string;
};

/** What came of a mail. `refused` names the recipients that the server left out; it took the mail for the others. */
export type SmtpResult =
  { kind: 'ACCEPTED'; response: string; refused: readonly string[] } | SmtpRefusal | SmtpNoAnswer;
