import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { middleware } from 'express-openapi-validator';
import { parameterOf, splitParts } from '../../src/providers/mime';
import { KITS } from './kits';
import type { Player } from './player';

/** One request as it arrived, in the order of arrival. Entries are only ever added. */
export interface LedgerEntry {
  number: number;
  at: Date;
  method: string;
  path: string;
  query: Record<string, unknown>;
  headers: Record<string, unknown>;
  /** JSON or form, parsed. */
  body: Record<string, unknown>;
  /** What the official description has to say against the request; empty when it is valid. */
  violations: string[];
  /** True when this server took the message, whatever it then answered. */
  accepted: boolean;
  /** Id that was given to an accepted message. */
  messageId?: string;
}

/** What happens to one request instead of the ordinary answer. */
export interface Step {
  status?: number;
  headers?: Record<string, string>;
  body?: string | object;
  /** Before anything is answered. */
  delayMs?: number;
  /** How the connection fares instead of an answer. */
  breaks?: 'reset' | 'silence' | 'garbage' | 'truncate';
  /** Whether the message counts as taken; default: unless the step names a status of 300 or more. */
  accepts?: boolean;
}

export interface DescribedServerOptions {
  /** Type of the provider that the server plays; its kit has a player. */
  description: string;
  /** Decides about each request; undefined: the ordinary answer. Steps of `script` come first. */
  answer?: (entry: LedgerEntry) => Step | undefined;
  /** Called when a message was taken, before it is answered: the place to send a webhook from. */
  onAccepted?: (entry: LedgerEntry) => void | Promise<void>;
}

export interface DescribedServer {
  url: string;
  ledger: readonly LedgerEntry[];
  /** Steps for the next requests, one each. */
  script(...steps: Step[]): void;
  close(): Promise<void>;
}

interface Stage {
  player: Player;
  options: DescribedServerOptions;
  ledger: LedgerEntry[];
  steps: Step[];
}

/** A server that takes only what the provider's official description allows, and answers as the provider does. */
export async function startDescribedServer(options: DescribedServerOptions): Promise<DescribedServer> {
  const player = KITS[options.description]?.player;
  if (!player) throw new Error(`test/providers/kits has no player of ${options.description}.`);
  const stage: Stage = { player, options, ledger: [], steps: [] };
  const server = appOf(stage).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ledger: stage.ledger,
    script: (...steps) => void stage.steps.push(...steps),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function appOf(stage: Stage): Express {
  const { player } = stage;
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '35mb' }), express.urlencoded({ extended: false, limit: '5mb' }));
  // With an OpenAPI description its validator reads forms itself.
  if (!player.file) app.use(express.raw({ type: 'multipart/form-data', limit: '60mb' }));
  app.use((request, response, next) => {
    response.locals['entry'] = enter(stage.ledger, request);
    next();
  });
  for (const [path, body] of Object.entries(player.unlisted))
    app.get(path, (_request, response) => void response.json(body));
  if (player.file)
    app.use(
      middleware({
        apiSpec: readDescription(player.file),
        validateApiSpec: false,
        validateRequests: { coerceTypes: 'array' },
        validateSecurity: false,
        fileUploader: {},
        formats: { 'phone-number': { type: 'string', validate: isAddress } },
      }),
    );
  app.use((request, response, next) => {
    const entry: LedgerEntry = response.locals['entry'];
    // Only now has the validator read a multipart form.
    if (player.file && request.is('multipart/form-data')) entry.body = { ...request.body };
    const [violation, ...others] = player.violations?.(entry) ?? [];
    if (violation === undefined) return next();
    next(Object.assign(new Error([violation, ...others].join('; ')), { status: 400 }));
  });
  app.use((_request, response) => perform(stage, response));
  app.use(refuse(player));
  return app;
}

function enter(ledger: LedgerEntry[], request: Request): LedgerEntry {
  const { method, path, query, headers } = request;
  const body: Record<string, unknown> = Buffer.isBuffer(request.body)
    ? formOf(request.body, headers['content-type'] ?? '')
    : structuredClone(request.body ?? {});
  const entry = {
    number: ledger.length + 1,
    at: new Date(),
    method,
    path,
    query,
    headers,
    body,
    violations: [],
    accepted: false,
  };
  ledger.push(entry);
  return entry;
}

/** Fields of a multipart form; of a file its name. */
function formOf(body: Buffer, contentType: string): Record<string, string> {
  const parts = splitParts(body, parameterOf(contentType, 'boundary') ?? '');
  return Object.fromEntries(
    parts.map(({ headers, body: value }) => {
      const disposition = headers['content-disposition'] ?? '';
      return [parameterOf(disposition, 'name') ?? '', parameterOf(disposition, 'filename') ?? value.toString()];
    }),
  );
}

async function perform({ player, options, steps }: Stage, response: Response): Promise<void> {
  const entry: LedgerEntry = response.locals['entry'];
  const step = steps.shift() ?? options.answer?.(entry) ?? {};
  const ordinary = player.answer(entry);
  entry.accepted = entry.method === 'POST' && (step.accepts ?? (step.status ?? 200) < 300);
  if (entry.accepted) await options.onAccepted?.(entry);
  else delete entry.messageId;
  if (step.delayMs) await new Promise((resolve) => setTimeout(resolve, step.delayMs));
  respond(response, step, ordinary);
}

function respond(response: Response, step: Step, ordinary: ReturnType<Player['answer']>): void {
  const { socket } = response;
  if (step.breaks === 'silence') return;
  if (step.breaks === 'reset') return void socket?.resetAndDestroy();
  if (step.breaks === 'garbage') return void socket?.end('\u0000 not http \r\n\r\n');
  if (step.breaks === 'truncate')
    return void socket?.end('HTTP/1.1 201 Created\r\ncontent-length: 5000\r\n\r\n{"sid":');

  const isOrdinary = step.status === undefined && step.body === undefined;
  const body = step.body ?? (isOrdinary ? ordinary.body : '');
  response.status(step.status ?? ordinary.status).set({ ...(isOrdinary && ordinary.headers), ...step.headers });
  if (typeof body === 'string') response.end(body);
  else response.json(body);
}

/** What the validator found goes into the ledger and back to the sender. */
function refuse(player: Player): ErrorRequestHandler {
  return (
    error: Error & { status?: number; errors?: { path: string; message: string }[] },
    _request,
    response,
    _next,
  ) => {
    const entry: LedgerEntry = response.locals['entry'];
    entry.violations = error.errors?.map(({ path, message }) => `${path} ${message}`) ?? [error.message];
    const status = error.status ?? 500;
    const body = player.refusal(status, entry.violations.join('; '));
    response.status(status);
    if (typeof body === 'string') response.end(body);
    else response.json(body);
  };
}

/** Twilio names a format that is in no registry: a number, a channel address, or a sender's name. */
function isAddress(value: string): boolean {
  return /^(whatsapp:)?(\+\d{3,15}|[A-Za-z0-9 ]{1,11})$/.test(value);
}

/** Formats that stand in no registry and only in answers, which are ours. */
const FORMATS_OF_ANSWERS = ['currency', 'date-time-rfc-2822', 'uri-map'];

/** The description with this server as the only one: the validator would look for the provider's own host. */
function readDescription(file: string) {
  const text = readFileSync(join(__dirname, 'descriptions', file), 'utf8');
  const description = JSON.parse(text, (name, value) => {
    if (name === 'servers' || (name === 'format' && FORMATS_OF_ANSWERS.includes(value))) return undefined;
    return value;
  });
  return { ...description, servers: [{ url: '/' }] };
}
