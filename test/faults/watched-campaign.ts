import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage';
import { until } from './until';

const ENDED = new Set(['COMPLETED', 'PARTIALLY_FAILED', 'FAILED', 'CANCELLED']);

/** What one look at a bulk send through the API showed. */
export interface Look {
  status: string;
  counts: Record<string, number>;
}

/** How many recipients of each kind. */
export interface Audience {
  /** Addresses that may be written to. */
  open: number;
  /** Addresses that are suppressed before the start. */
  suppressed: number;
  /** Contacts without an address. */
  excluded: number;
  /** One in so many of the addresses is at a domain that is written to more slowly. */
  slowEvery: number;
}

/** Where one recipient in some is: a domain with a rate of its own, so that turns have to be prepared. */
export const SLOW_DOMAIN = 'slow.example';

/** A bulk send that somebody acts upon and looks at all the time, while its servers come and go. */
export class WatchedCampaign {
  /** Every answer that showed how it stands. */
  readonly looks: Look[] = [];
  /** Questions that nobody answered, for want of a database. */
  unanswered = 0;
  /** Actions that had to be asked for again, and the longest that one took, in milliseconds. */
  askedAgain = 0;
  slowestMs = 0;
  private over = false;

  private constructor(
    private readonly stage: Stage,
    readonly id: string,
    readonly audience: Audience,
  ) {}

  /** Made through the API; its recipients are put in behind its back, more of them than one request may bring. */
  static async draft(stage: Stage, audience: Audience, campaign: object): Promise<WatchedCampaign> {
    const { status, body, text } = await stage.client().post('/bulk-send', {
      name: 'Fault run',
      channelId: stage.channelId,
      content: { subject: 'Spring', text: 'It is here.' },
      ...campaign,
    });
    if (status !== 202) throw new Error(`No bulk send: ${text}`);
    const made = new WatchedCampaign(stage, String(body['id']), audience);
    await made.invite();
    return made;
  }

  get total(): number {
    const { open, suppressed, excluded } = this.audience;
    return open + suppressed + excluded;
  }

  get hasEnded(): boolean {
    return this.over;
  }

  /** Acts, and asks again with the same key until it is so: a connection that was cut has told nothing. */
  async act(action: 'start' | 'pause' | 'resume'): Promise<void> {
    const key = { 'idempotency-key': randomUUID() };
    const startedAt = performance.now();
    await until(`${action} that is answered`, async () => {
      const answer = await this.stage
        .client()
        .post(`/bulk-send/${this.id}/${action}`, undefined, key)
        .catch(() => undefined);
      if (answer && answer.status < 300) return this.note(answer.body);
      this.askedAgain++;
      const look = await this.look();
      return look && (look.status === 'PAUSED') === (action === 'pause') && look.status !== 'DRAFT';
    });
    this.slowestMs = Math.max(this.slowestMs, Math.round(performance.now() - startedAt));
  }

  /** How it stands; undefined when nobody answers. */
  async look(): Promise<Look | undefined> {
    const answer = await this.stage
      .client()
      .get(`/bulk-send/${this.id}`)
      .catch(() => undefined);
    if (answer?.status === 200) return this.note(answer.body);
    this.unanswered++;
    return undefined;
  }

  /** Looks again and again until it has ended. */
  async watch(paceMs: number): Promise<void> {
    while (!this.over) {
      await this.look();
      await pause(paceMs);
    }
  }

  /** Looks whose counts do not sum to the total, whose total is another one, or that say that it is over while somebody waits. */
  badLooks(): Look[] {
    return this.looks.filter(({ status, counts }) => {
      const { total, ...parts } = counts;
      const sum = Object.values(parts).reduce((a, b) => a + b, 0);
      const waits = (parts['pending'] ?? 0) + (parts['queued'] ?? 0) > 0;
      return total !== this.total || sum !== total || (ENDED.has(status) && waits);
    });
  }

  /**
   * Ends, by a kill, the worker that is in the middle of giving turns or messages to recipients: it waits there for one that is
   * held meanwhile. Answers false when nobody is left to be given anything.
   */
  async killMidway(kill: (pid: number) => Promise<void>): Promise<boolean> {
    const holder = await this.stage.sql.connect();
    try {
      await holder.query('BEGIN');
      const held = await holder.query(
        `SELECT 1 FROM bulk_message_recipient WHERE campaign_id = $1 AND status = 'PENDING'
         ORDER BY wave, throttle, send_at, recipient_key LIMIT 1 FOR UPDATE`,
        [this.id],
      );
      if (!held.rowCount) return false;
      const { rows } = await holder.query<{ holder: number }>('SELECT pg_backend_pid() AS holder');
      const pid = await until('a worker in the middle of its work', () => this.workerBehind(rows[0]?.holder ?? 0));
      await kill(pid);
      return true;
    } finally {
      await holder.query('ROLLBACK').catch(() => undefined);
      holder.release();
    }
  }

  /** The process id of the worker that looks after it, while a connection waits for `holder`. */
  private async workerBehind(holder: number): Promise<number | undefined> {
    const { rows } = await this.stage.sql.query<{ pid: number }>(
      `SELECT w.pid FROM bulk_message_campaign b JOIN worker w ON w.id = b.feeder
       WHERE b.id = $1 AND EXISTS (SELECT 1 FROM pg_stat_activity a WHERE $2 = ANY(pg_blocking_pids(a.pid)))`,
      [this.id, holder],
    );
    return rows[0]?.pid;
  }

  private note(body: Record<string, unknown>): Look {
    const look = { status: String(body['status']), counts: body['counts'] as Record<string, number> };
    this.looks.push(look);
    this.over ||= ENDED.has(look.status);
    return look;
  }

  private async invite(): Promise<void> {
    const { open, suppressed, excluded, slowEvery } = this.audience;
    const values = [this.id, open + suppressed, slowEvery];
    const address = `'p' || n || '@' || CASE WHEN n % $3 = 0 THEN '${SLOW_DOMAIN}' ELSE 'example.com' END`;
    await this.stage.sql.query(
      `INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, status)
       SELECT tenant_id, id, ${address}, 'PENDING' FROM bulk_message_campaign, generate_series(1, $2::int) n WHERE id = $1`,
      values,
    );
    await this.stage.sql.query(
      `INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, status, reason_code)
       SELECT tenant_id, id, 'contact:' || gen_random_uuid(), 'EXCLUDED', 'no_address'
       FROM bulk_message_campaign, generate_series(1, $2::int) n WHERE id = $1`,
      [this.id, excluded],
    );
    await this.stage.sql.query(
      `INSERT INTO suppression (tenant_id, id, channel_type, address, purpose, reason, source)
       SELECT tenant_id, gen_random_uuid(), 'EMAIL', ${address}, 'ALL', 'OPTED_OUT', 'test'
       FROM bulk_message_campaign, generate_series($2::int - $4::int + 1, $2::int) n WHERE id = $1`,
      [...values, suppressed],
    );
    await this.stage.sql.query('ANALYZE bulk_message_recipient');
  }
}
