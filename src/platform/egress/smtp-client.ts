import { createHash } from 'node:crypto';
import { noMail, outcomeOf, type SmtpOutcome } from './smtp-outcome';
import { SmtpLane } from './smtp-lane';
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

/** The one mail client that may leave: no proxy, no file, no address but those that the rule allows. */
export function createSmtpClient(options: SmtpClientOptions): SmtpClient {
  return new PooledClient(options);
}

/** What came of a mail, and the connection that carried it. */
interface Delivery {
  outcome: SmtpOutcome;
  session?: SmtpSession;
}

class PooledClient implements SmtpClient {
  private readonly lanes = new Map<string, SmtpLane>();
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
    while (this.underWay.size > 0) await Promise.allSettled(this.underWay);
    await Promise.all([...this.lanes.values()].map((lane) => lane.close()));
  }

  private async allowed(server: SmtpServer, act: (signal: AbortSignal) => Promise<SmtpOutcome>): Promise<SmtpOutcome> {
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
    const lane = this.laneOf(mail);
    if (!(await lane.enter(signal))) return noMail('timeout');

    const { outcome, session } = await this.deliver(mail, lane, signal);
    const left = lane.leave(session, outcome.kind === 'ACCEPTED'); // nobody has to wait for that but close()
    this.underWay.add(left);
    void left.finally(() => this.underWay.delete(left));
    return outcome;
  }

  private laneOf(server: SmtpServer): SmtpLane {
    const key = laneKey(server);
    const known = this.lanes.get(key);
    if (known) return known;
    const lane = new SmtpLane(this.options.idleMs ?? IDLE_MS, () => {
      if (this.lanes.get(key) === lane) this.lanes.delete(key);
    });
    this.lanes.set(key, lane);
    return lane;
  }

  /** A server may close a connection just when it is to be used again; the mail then goes over a new one, as it went over none. */
  private async deliver(mail: SmtpMail, lane: SmtpLane, signal: AbortSignal): Promise<Delivery> {
    const used = lane.take();
    if (used) {
      const outcome = await used.send(mail, signal);
      if (!wasStale(outcome) || signal.aborted) return { outcome, session: used };
    }
    const session = await this.open(mail, signal);
    if (!(session instanceof SmtpSession)) return { outcome: session };
    return { outcome: await session.send(mail, signal), session };
  }

  private async open(server: SmtpServer, signal: AbortSignal): Promise<SmtpSession | SmtpOutcome> {
    try {
      return await SmtpSession.open(server, signal, this.options.ca);
    } catch (error) {
      return outcomeOf(error, false);
    }
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
