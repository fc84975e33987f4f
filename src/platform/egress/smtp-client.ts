import { createHash } from 'node:crypto';
import { noMail, outcomeOf, type SmtpOutcome } from './smtp-outcome';
import type { SmtpRule } from './smtp-rule';
import { SmtpSession, type SmtpMail, type SmtpServer } from './smtp-session';

export type { SmtpOutcome } from './smtp-outcome';
export type { SmtpMail, SmtpServer } from './smtp-session';

export interface SmtpClient {
  /** Hands over one mail, once. Never throws. */
  send(mail: SmtpMail): Promise<SmtpOutcome>;
  /** Connects and signs in on a connection of its own, then says goodbye. */
  verify(server: SmtpServer): Promise<SmtpOutcome>;
  /** Waits for the mails that are under way, then closes the connections. */
  close(): Promise<void>;
}

export interface SmtpClientOptions {
  /** Which servers may be called. */
  rule: SmtpRule;
  /** Trusted certificate authority in place of the well-known ones, PEM. */
  ca?: string;
  /** Milliseconds that a connection waits for its next mail; default 20 000. */
  idleMs?: number;
}

const CALL_TIMEOUT_MS = 20_000;
const IDLE_MS = 20_000;
/** Servers limit both; with these few ever say no. */
const CONNECTIONS_PER_LOGIN = 10;
const MAILS_PER_CONNECTION = 100;

/** The one mail client that may leave: no proxy, no file, no address but those that the rule allows. */
export function createSmtpClient(options: SmtpClientOptions): SmtpClient {
  return new PooledClient(options);
}

/** The connections to one server under one login. */
class Lane {
  readonly idle: SmtpSession[] = [];
  busy = 0;
  readonly waiting: (() => void)[] = [];

  /** Waits for a free place; false when the deadline came first. */
  async enter(signal: AbortSignal): Promise<boolean> {
    if (this.busy < CONNECTIONS_PER_LOGIN) {
      this.busy += 1;
      return true;
    }
    return new Promise((resolve) => {
      const proceed = () => {
        signal.removeEventListener('abort', giveUp);
        resolve(true);
      };
      const giveUp = () => {
        this.waiting.splice(this.waiting.indexOf(proceed), 1);
        resolve(false);
      };
      this.waiting.push(proceed);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Hands the place to whoever waits longest. */
  leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.busy -= 1;
  }

  /** A connection that still stands, the one used last first: the others may then grow old and end. */
  take(): SmtpSession | undefined {
    for (let session = this.idle.pop(); session; session = this.idle.pop()) {
      session.wake();
      if (session.isOpen) return session;
    }
    return undefined;
  }
}

class PooledClient implements SmtpClient {
  private readonly lanes = new Map<string, Lane>();
  private readonly underWay = new Set<Promise<unknown>>();
  private isClosing = false;

  constructor(private readonly options: SmtpClientOptions) {}

  send(mail: SmtpMail): Promise<SmtpOutcome> {
    return this.allowed(mail, (signal) => this.inLane(mail, signal));
  }

  verify(server: SmtpServer): Promise<SmtpOutcome> {
    return this.allowed(server, async (signal) => {
      const session = await this.open(server, signal);
      if (!(session instanceof SmtpSession)) return session;
      await session.end();
      return { kind: 'ACCEPTED', response: '', refused: [] };
    });
  }

  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.allSettled(this.underWay);
    await Promise.all([...this.lanes.values()].flatMap(({ idle }) => idle.map((session) => session.end())));
    this.lanes.clear();
  }

  private async allowed(
    server: SmtpServer,
    act: (signal: AbortSignal) => Promise<SmtpOutcome>,
  ): Promise<SmtpOutcome> {
    const forbidden = this.options.rule(server.host, server.port);
    if (forbidden) return noMail(forbidden);
    if (this.isClosing) return noMail('closed');

    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), server.timeoutMs ?? CALL_TIMEOUT_MS);
    const call = act(deadline.signal);
    this.underWay.add(call);
    return call.finally(() => {
      clearTimeout(timer);
      this.underWay.delete(call);
    });
  }

  private async inLane(mail: SmtpMail, signal: AbortSignal): Promise<SmtpOutcome> {
    const key = laneKey(mail);
    const lane = this.lanes.get(key) ?? new Lane();
    this.lanes.set(key, lane);
    if (!(await lane.enter(signal))) return noMail('timeout');
    try {
      return await this.deliver(mail, lane, signal);
    } finally {
      lane.leave();
      if (lane.busy === 0 && lane.idle.every(({ isOpen }) => !isOpen)) this.lanes.delete(key);
    }
  }

  /** A server may close a connection just when it is to be used again; the mail then goes over a new one, as it went over none. */
  private async deliver(mail: SmtpMail, lane: Lane, signal: AbortSignal): Promise<SmtpOutcome> {
    const used = lane.take();
    if (used) {
      const outcome = await used.send(mail, signal);
      if (!wasStale(outcome) || signal.aborted) return this.finish(used, outcome, lane);
    }
    const session = await this.open(mail, signal);
    if (!(session instanceof SmtpSession)) return session;
    return this.finish(session, await session.send(mail, signal), lane);
  }

  private async open(server: SmtpServer, signal: AbortSignal): Promise<SmtpSession | SmtpOutcome> {
    try {
      return await SmtpSession.open(server, signal, this.options.ca);
    } catch (error) {
      return outcomeOf(error, false);
    }
  }

  /** Keeps the connection for the next mail where that is possible; nobody has to wait for that. */
  private finish(session: SmtpSession, outcome: SmtpOutcome, lane: Lane): SmtpOutcome {
    if (!session.isOpen) return outcome;
    if (session.mails >= MAILS_PER_CONNECTION) void session.end();
    else if (outcome.kind === 'ACCEPTED') this.keep(session, lane);
    else void this.keepAfterReset(session, lane);
    return outcome;
  }

  private keep(session: SmtpSession, lane: Lane): void {
    lane.idle.push(session);
    session.rest(this.options.idleMs ?? IDLE_MS);
  }

  private async keepAfterReset(session: SmtpSession, lane: Lane): Promise<void> {
    const call = session.reset(AbortSignal.timeout(CALL_TIMEOUT_MS));
    this.underWay.add(call);
    await call.then(
      () => this.keep(session, lane),
      () => session.end(),
    );
    this.underWay.delete(call);
  }
}

/** The connection was lost or closed before the server looked at the mail. */
function wasStale(outcome: SmtpOutcome): boolean {
  if (outcome.kind === 'REFUSED') return outcome.code === 421 && ['CONN', 'MAIL'].includes(outcome.command);
  return outcome.kind === 'NOT_SENT' && !['EMESSAGE', 'EENVELOPE'].includes(outcome.code);
}

/** All that a connection was opened with: nobody else's login is used, and none with another password. */
function laneKey({ host, port, secure, user, password, allowInvalidCertificate }: SmtpServer): string {
  const parts = [host.toLowerCase(), port, secure, user, password, allowInvalidCertificate];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
