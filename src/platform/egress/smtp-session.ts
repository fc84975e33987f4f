import { Readable } from 'node:stream';
import SMTPConnection, { type SMTPConnectionSendInfo } from 'nodemailer/lib/smtp-connection';
import { outcomeOf, type SmtpOutcome } from './smtp-outcome';

/** How and where to connect. */
export interface SmtpServer {
  host: string;
  port: number;
  secure: 'tls' | 'starttls' | 'none';
  user?: string;
  password?: string;
  allowInvalidCertificate?: boolean;
  timeoutMs?: number;
}

export interface SmtpMail extends SmtpServer {
  envelope: {
    from: string;
    to: readonly string[];
    dsn?: { envid: string; notify: readonly ('SUCCESS' | 'FAILURE' | 'DELAY')[]; ret: 'HDRS' | 'FULL' };
  };
  raw: Buffer;
}

/** nodemailer's own limits, longer than any call: the deadline of the call is the one that counts. */
const BEYOND_ANY_CALL_MS = 120_000;
const GOODBYE_MS = 1_000;
/** Of one reply; real ones have a few lines. */
const MAX_REPLY_BYTES = 64 * 1024;

type Done<T> = (error?: Error | null, value?: T) => void;

/** One connection to a mail server, greeted and signed in. nodemailer speaks the protocol; what a fault means is decided here. */
export class SmtpSession {
  /** Mails that this connection has carried. */
  mails = 0;

  private constructor(private readonly connection: SMTPConnection) {}

  /** Connects, says EHLO, starts TLS and signs in. Rejects with nodemailer's error or that of the signal. */
  static async open(server: SmtpServer, signal: AbortSignal, ca?: string): Promise<SmtpSession> {
    const connection = new SMTPConnection({
      host: server.host,
      port: server.port,
      secure: server.secure === 'tls',
      requireTLS: server.secure === 'starttls',
      ignoreTLS: server.secure === 'none',
      tls: { rejectUnauthorized: server.allowInvalidCertificate !== true, ...(ca !== undefined && { ca }) },
      connectionTimeout: BEYOND_ANY_CALL_MS,
      greetingTimeout: BEYOND_ANY_CALL_MS,
      socketTimeout: BEYOND_ANY_CALL_MS,
      dnsTimeout: BEYOND_ANY_CALL_MS,
      maxResponseSize: MAX_REPLY_BYTES,
      socketCloseTimeout: 0, // what is given up is cut: nothing that still lies in a buffer may reach the server later
    });
    connection.on('error', () => {}); // the call under way hears of it; between calls nobody needs to
    const session = new SmtpSession(connection);
    const { user, password } = server;
    try {
      await session.during((done) => connection.connect(done), signal);
      if (user !== undefined)
        await session.during((done) => connection.login({ user, pass: password ?? '' }, done), signal);
    } catch (error) {
      connection.close();
      throw error;
    }
    return session;
  }

  get isOpen(): boolean {
    return !this.connection.destroyed;
  }

  /** Calls back once, when the connection is gone for whatever reason. */
  onceEnded(callback: () => void): void {
    this.connection.once('end', callback);
  }

  /** Sends one mail. A connection that cannot be trusted afterwards is closed. Never rejects. */
  async send({ envelope, raw }: SmtpMail, signal: AbortSignal): Promise<SmtpOutcome> {
    const { from, to, dsn } = envelope;
    // A stream is read only after the server's go-ahead to DATA: whether it was tells NOT_SENT from IN_DOUBT.
    const content = Readable.from([raw], { objectMode: false });
    this.mails += 1;
    try {
      const letter = { from, to: [...to], size: raw.length, ...(dsn && { dsn: { ...dsn, notify: [...dsn.notify] } }) };
      const sent = await this.during<SMTPConnectionSendInfo>(
        (done) => this.connection.send(letter, content, done),
        signal,
      );
      return { kind: 'ACCEPTED', response: sent?.response ?? '', refused: (sent?.rejected ?? []).map(String) };
    } catch (error) {
      const outcome = outcomeOf(error, content.readableDidRead);
      if (outcome.kind !== 'REFUSED' || outcome.code === 421) this.connection.close();
      return outcome;
    }
  }

  /** After a refusal: forgets the mail that was begun, so that the next can follow. Rejects when the server does not. */
  reset(signal: AbortSignal): Promise<unknown> {
    return this.during((done) => this.connection.reset(done), signal);
  }

  /** Says goodbye, and waits a moment for the answer. */
  async end(): Promise<void> {
    if (!this.isOpen) return;
    const ended = new Promise<void>((resolve) => {
      this.connection.once('end', resolve);
    });
    const impatience = setTimeout(() => this.connection.close(), GOODBYE_MS);
    this.connection.quit();
    await ended;
    clearTimeout(impatience);
  }

  /** One step of the dialogue, ended by its own answer, the loss of the connection or the deadline, whichever comes first. */
  private during<T>(act: (done: Done<T>) => void, signal: AbortSignal): Promise<T | undefined> {
    const { connection } = this;
    let stopListening = (): void => {};
    const step = new Promise<T | undefined>((resolve, reject) => {
      const lost = (): void => {
        // The step itself may know the reason, and is told a moment later.
        setImmediate(() => reject(Object.assign(new Error('closed'), { code: 'ECONNECTION' })));
      };
      const late = (): void => {
        reject(Object.assign(new Error('timeout'), { code: 'timeout' }));
      };
      connection.once('error', reject);
      connection.once('end', lost);
      signal.addEventListener('abort', late);
      stopListening = () => {
        connection.off('error', reject);
        connection.off('end', lost);
        signal.removeEventListener('abort', late);
      };
      if (signal.aborted) late();
      else act((error, value) => (error ? reject(error) : resolve(value)));
    });
    return step.finally(stopListening);
  }
}
