import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderCall } from '../oracle/oracle';

/** One call as it arrived. Entries are only ever added. */
export interface StubCall extends ProviderCall {
  /** `<message id>.<attempt>`, as the provider would echo it. */
  ref: string;
  /** Milliseconds of this process's clock. */
  at: number;
  to: string;
  text: string;
  /** Id that the provider gave it. */
  providerId: string;
}

export interface StubOptions {
  /** Until the answer, in milliseconds; the message counts as taken before. */
  delayMs: () => number;
  /** True: this call is answered 429 and not taken. */
  throttles?: () => boolean;
  /** Called when a message was taken, before the answer. */
  onTaken?: (call: StubCall) => void;
}

type Shape = Pick<StubCall, 'ref' | 'to' | 'text'>;

/** How one provider's requests are read and answered. */
interface Role {
  /** One for each recipient: a request may bring several. */
  read(body: string): Shape[];
  id(): string;
  accept(response: ServerResponse, providerId: string): void;
}

interface SendgridMail {
  personalizations: {
    custom_args: { carillon_ref: string };
    to: [{ email: string }];
    substitutions?: Record<string, string>;
  }[];
  content: [{ value: string }];
}

const SENDGRID: Role = {
  read: (body) => {
    const { personalizations, content }: SendgridMail = JSON.parse(body);
    return personalizations.map(({ custom_args: { carillon_ref: ref }, to: [to], substitutions = {} }) => ({
      ref,
      to: to.email,
      text: Object.entries(substitutions).reduce((text, [tag, own]) => text.replaceAll(tag, own), content[0].value),
    }));
  },
  id: () => randomBytes(11).toString('hex'),
  accept: (response, providerId) => void response.writeHead(202, { 'x-message-id': providerId }).end(),
};

const TWILIO: Role = {
  read: (body) => {
    const form = new URLSearchParams(body);
    const callback = new URL(form.get('StatusCallback') ?? '');
    return [{ ref: callback.searchParams.get('r') ?? '', to: form.get('To') ?? '', text: form.get('Body') ?? '' }];
  },
  id: () => `SM${randomBytes(16).toString('hex')}`,
  accept: (response, providerId) => {
    const resource = { sid: providerId, status: 'queued', num_segments: '1' };
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(resource));
  },
};

const ROLES = { sendgrid: SENDGRID, twilio: TWILIO };
export type StubRole = keyof typeof ROLES;

/** A provider that takes everything and writes down what it got, in the order of arrival. */
export class StubProvider {
  readonly calls: StubCall[] = [];
  url = '';
  private readonly waiting: { count: number; resolve: () => void }[] = [];
  private readonly server = createServer((request, response) => void this.take(request, response));

  constructor(
    private readonly role: StubRole,
    readonly options: StubOptions,
  ) {}

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.server.keepAliveTimeout = 65_000;
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return this;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  /** Resolves when the count of calls has come so far: a point in a run that is the same for the same seed. */
  reaches(count: number): Promise<void> {
    if (this.calls.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push({ count, resolve }));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return; // the caller died before it had said everything
    if (request.method === 'GET') return this.knowNothing(response);
    const role = ROLES[this.role];
    const taken = !this.options.throttles?.();
    const [providerId, at] = [role.id(), Date.now()];
    for (const shape of role.read(body)) {
      const [messageId = '', attempt] = shape.ref.split('.');
      this.enter({ ...shape, messageId, attempt: Number(attempt), taken, at, providerId });
    }
    await new Promise((resolve) => setTimeout(resolve, this.options.delayMs()));
    if (taken) role.accept(response, providerId);
    else response.writeHead(429, { 'content-type': 'application/json' }).end('{}');
  }

  /** Keeps doubts in doubt: somebody who asks learns nothing that would be certain. */
  private knowNothing(response: ServerResponse): void {
    response.writeHead(503, { 'content-type': 'application/json' }).end('{}');
  }

  private enter(call: StubCall): void {
    this.calls.push(call);
    for (const waiter of this.waiting.filter(({ count }) => this.calls.length >= count)) {
      this.waiting.splice(this.waiting.indexOf(waiter), 1);
      waiter.resolve();
    }
    if (call.taken) this.options.onTaken?.(call);
  }
}

async function text(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
