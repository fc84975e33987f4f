import { setTimeout as pause } from 'node:timers/promises';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import type { ApiAnswer, Evidence } from '../oracle/oracle';
import { Api } from '../support/api';
import { TEST_FOLDER_PREFIX } from '../support/dead-runs';
import { cloneDatabase, TEST_MASTER_KEY } from '../support/test-database';
import { Echo } from './echo';
import { spawnCarillon, stopAll, type Carillon } from './processes';
import { readMessages } from './stored';
import { StubProvider, type StubOptions, type StubRole } from './stub-provider';
import { until } from './until';

export const KEY = 'fault-runs-key-of-the-first-tenant';
const PUBLIC_URL = 'https://carillon.example';

export interface StageOptions extends StubOptions {
  provider?: StubRole;
  /** Most messages a second on the channel. */
  rate?: number;
  /** For every process. */
  env?: Record<string, string>;
  /** Instead of a fresh database of this jest run. */
  database?: { url: string; drop(): Promise<void> };
}

/** A request of a run and what was answered; one a reference, in the order of asking. */
export interface Transcript extends ApiAnswer {
  key: string;
  text: string;
  replayed: boolean;
}

/** One run: a database, a provider that keeps a ledger, one channel, an API process, and workers that come and go. */
export class Stage {
  readonly answers: Transcript[] = [];
  api!: Carillon;
  channelId = '';
  private webhookPath = '';
  /** The superuser's, to look behind the scenes. */
  sql!: Pool;
  private asked = 0;
  private forget: (() => Promise<void>) | undefined;
  readonly echo = new Echo(() => (this.api.hasEnded ? undefined : this.api.url + this.webhookPath));

  private constructor(
    readonly provider: StubProvider,
    private readonly role: StubRole,
    private readonly env: Record<string, string>,
  ) {}

  /** With one process for the API. */
  static async open(options: StageOptions): Promise<Stage> {
    const database = options.database ?? (await cloneDatabase());
    const files = mkdtempSync(join(tmpdir(), `${TEST_FOLDER_PREFIX}${process.pid}-files-`));
    const stage = await Stage.make(options, { DATABASE_URL: database.url, DATA_DIR: files });
    stage.forget = async () => {
      await database.drop();
      rmSync(files, { recursive: true, force: true });
    };
    stage.api = await stage.start('api');
    stage.sql = openSql(database.url);
    await stage.connectChannel(options.rate);
    return stage;
  }

  /** One process that does everything, with a PostgreSQL of its own in this folder. */
  static async openEmbedded(folder: string, options: StageOptions): Promise<Stage> {
    const stage = await Stage.make(options, { DATA_DIR: folder });
    stage.api = await stage.start('all');
    const [password, port] = ['password', 'port'].map((name) =>
      readFileSync(join(folder, `postgres-${name}`), 'utf8').trim(),
    );
    stage.sql = openSql(`postgres://postgres:${password}@127.0.0.1:${port}/carillon`);
    await stage.connectChannel(options.rate);
    return stage;
  }

  private static async make(options: StageOptions, env: Record<string, string>): Promise<Stage> {
    const role = options.provider ?? 'sendgrid';
    const provider = await new StubProvider(role, options).start();
    return new Stage(provider, role, { ...environment(provider, role), ...env, ...options.env });
  }

  /** Ends all processes and forgets the database. */
  async close(): Promise<void> {
    await this.sql?.end();
    await stopAll();
    await this.provider.close();
    await this.forget?.();
  }

  /** Answers when it listens. */
  start(role: 'api' | 'worker' | 'all', env: Record<string, string> = {}): Promise<Carillon> {
    return this.spawn(role, env).listening();
  }

  spawn(role: 'api' | 'worker' | 'all', env: Record<string, string> = {}): Carillon {
    return spawnCarillon({ ...this.env, ROLE: role, ...env });
  }

  client(carillon = this.api): Api {
    return new Api(carillon.url, KEY);
  }

  /** Asks for so many messages, some at a time, and writes every answer down. */
  async send(count: number, options: SendOptions = {}): Promise<Transcript[]> {
    const references = Array.from({ length: count }, () => `m${++this.asked}`);
    const transcripts: Transcript[] = [];
    const queue = references[Symbol.iterator]();
    const senders = Array.from({ length: options.atOnce ?? 20 }, async () => {
      for (const reference of queue) {
        if (options.paceMs) await pause(options.paceMs);
        transcripts.push(await this.askUntilDone(reference, options));
        options.onAnswer?.(transcripts.length);
      }
    });
    await Promise.all(senders);
    this.answers.push(...transcripts);
    return transcripts;
  }

  private async askUntilDone(reference: string, options: SendOptions): Promise<Transcript> {
    for (let left = options.patience ?? 0; ; left--) {
      const answer = await this.ask(reference, options);
      if (answer.status === 202 || left <= 0) return answer;
      await pause(100);
    }
  }

  /** One request, with its own reference as Idempotency-Key. Never throws: a broken connection is status 0. */
  async ask(reference: string, { body, from }: SendOptions = {}): Promise<Transcript> {
    const message = {
      channelId: this.channelId,
      clientReference: reference,
      ...bodyOf(reference),
      ...body?.(reference),
    };
    const answer = await this.client(from)
      .post('/messages', message, { 'idempotency-key': reference })
      .catch(() => undefined);
    if (!answer) return { reference, key: reference, status: 0, text: '', replayed: false };
    const id = answer.body['id'];
    return {
      reference,
      key: reference,
      status: answer.status,
      text: answer.text,
      replayed: answer.headers.get('idempotency-replayed') === 'true',
      ...(typeof id === 'string' && { id }),
    };
  }

  async evidence(): Promise<Evidence> {
    return { calls: this.provider.calls, answers: this.answers, messages: await readMessages(this.sql) };
  }

  /** Counts of messages by status. */
  async states(): Promise<Record<string, number>> {
    const { rows } = await this.sql.query<{ status: string; n: number }>(
      `SELECT status, count(*)::int AS n FROM communication_message WHERE direction = 'OUTBOUND' GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
  }

  /** The provider's echo would be waited for ten minutes: ends that time for every doubt now. */
  async endEchoWindows(): Promise<void> {
    await this.sql.query(
      `UPDATE communication_message SET resolve_at = now()
       WHERE status = 'UNKNOWN' AND resolve_at > now() + interval '90 seconds'`,
    );
  }

  /** Waits until no message is under way; doubts may be left where `resolve` is false. */
  async settled({ resolve = true, timeoutMs = 120_000 } = {}): Promise<void> {
    await until(
      'a run that has come to rest',
      async () => {
        if (resolve) await this.endEchoWindows();
        const { rows } = await this.sql.query<{ open: boolean }>(
          `SELECT EXISTS (SELECT 1 FROM communication_message WHERE status IN ('SCHEDULED', 'QUEUED', 'SENDING')
             OR ($1 AND status = 'UNKNOWN' AND resolve_at IS NOT NULL)) AS open`,
          [resolve],
        );
        return rows[0]?.open === false;
      },
      timeoutMs,
    );
  }

  private async connectChannel(rate?: number): Promise<void> {
    const { status, body, text } = await this.client().post('/channels', {
      name: 'Fault runs',
      providerType: this.role,
      ...(rate && { rateLimit: { perSecond: rate } }),
      ...(this.role === 'twilio' ? twilioChannel() : sendgridChannel(this.echo.publicKey)),
    });
    if (status !== 201) throw new Error(`No channel: ${text}`);
    this.channelId = String(body['id']);
    this.webhookPath = new URL(String(body['webhookUrl'])).pathname;
  }
}

/** Connections come again by themselves when the server was away. */
function openSql(connectionString: string): Pool {
  const pool = new Pool({ connectionString, max: 2 });
  pool.on('error', () => undefined);
  return pool;
}

export interface SendOptions {
  /** Requests at a time; default 20. */
  atOnce?: number;
  /** How often a request is made again, with the same key, until it is answered 202; default 0. */
  patience?: number;
  /** Pause before each request, in milliseconds. */
  paceMs?: number;
  /** What a message says beyond the ordinary. */
  body?: (reference: string) => object;
  /** Called with the count of answers after each of them. */
  onAnswer?: (answers: number) => void;
  /** Another process than the first API. */
  from?: Carillon;
}

/** What every process needs, wherever its database is. */
function environment(provider: StubProvider, role: StubRole): Record<string, string> {
  return {
    MASTER_KEY: TEST_MASTER_KEY,
    BOOTSTRAP_API_KEY: KEY,
    PUBLIC_URL,
    [`PROVIDER_URL_${role.toUpperCase()}`]: provider.url,
    WORKER_POLL_MS: '50',
    RATE_LIMIT_PER_MINUTE: '1000000',
  };
}

function bodyOf(reference: string): object {
  return { to: `${reference}@example.com`, content: { subject: 'Hello', text: `Number ${reference}` } };
}

function sendgridChannel(webhookPublicKey: string): object {
  const credentials = { apiKey: 'SG.fault-runs-only.0000000000', webhookPublicKey };
  return { channelType: 'EMAIL', from: 'shop@example.com', credentials };
}

function twilioChannel(): object {
  const credentials = { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32) };
  return { channelType: 'SMS', from: '+15005550006', credentials };
}
