import type { SmtpSession } from './smtp-session';

/** Servers limit both; with these few ever say no. */
const CONNECTIONS = 10;
const MAILS_PER_CONNECTION = 100;
const RESET_MS = 5_000;

/** The connections to one server under one login: some under way, some waiting for their next mail. */
export class SmtpLane {
  /** With the timers that end them, the one used last at the end. */
  private readonly idle = new Map<SmtpSession, NodeJS.Timeout>();
  private readonly waiting: (() => void)[] = [];
  private busy = 0;

  constructor(
    private readonly idleMs: number,
    /** Told when there is nothing left to remember. */
    private readonly onEmpty: () => void,
  ) {}

  /** Waits for a free place; false when the deadline came first. */
  async enter(signal: AbortSignal): Promise<boolean> {
    if (this.busy < CONNECTIONS) {
      this.busy += 1;
      return true;
    }
    return new Promise((resolve) => {
      const giveUp = (): void => {
        this.waiting.splice(this.waiting.indexOf(proceed), 1);
        resolve(false);
      };
      const proceed = (): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(true);
      };
      this.waiting.push(proceed);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** A connection that waits, the one used last first: the others may then grow old and end. */
  take(): SmtpSession | undefined {
    const session = [...this.idle.keys()].at(-1);
    if (session) this.forget(session);
    return session;
  }

  /** Gives the place to whoever waits longest, after the connection was made ready for its next mail. Never rejects. */
  async leave(session: SmtpSession | undefined, accepted: boolean): Promise<void> {
    if (session?.isOpen) await this.keep(session, accepted).catch(() => session.end());
    const next = this.waiting.shift();
    if (next) next();
    else this.busy -= 1;
    this.tellIfEmpty();
  }

  /** Says goodbye on every connection that waits. */
  async close(): Promise<void> {
    await Promise.all([...this.idle.keys()].map((session) => this.dismiss(session)));
  }

  private async keep(session: SmtpSession, accepted: boolean): Promise<void> {
    if (session.mails >= MAILS_PER_CONNECTION) return session.end();
    if (!accepted) await session.reset(AbortSignal.timeout(RESET_MS));
    if (session.mails === 1) session.onceEnded(() => this.forget(session));
    this.idle.set(
      session,
      setTimeout(() => void this.dismiss(session), this.idleMs),
    );
  }

  private dismiss(session: SmtpSession): Promise<void> {
    this.forget(session);
    return session.end();
  }

  private forget(session: SmtpSession): void {
    clearTimeout(this.idle.get(session));
    this.idle.delete(session);
    this.tellIfEmpty();
  }

  private tellIfEmpty(): void {
    if (this.busy === 0 && this.idle.size === 0) this.onEmpty();
  }
}
