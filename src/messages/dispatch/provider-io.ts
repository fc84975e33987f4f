import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config';
import type { HttpClient } from '../../platform/egress/http-client';
import { HTTP_CLIENT } from '../../platform/tokens';
import type { Account, OutboundMessage, ProviderIo, SandboxOutbox } from '../../providers/provider';

/** Where the sandbox provider keeps what it "sent"; the sandbox feature brings it. */
export abstract class Outbox implements SandboxOutbox {
  abstract deliver(account: Account, message: OutboundMessage, providerMessageId: string): Promise<number>;
  abstract emit(account: Account, body: Record<string, unknown>, delayMs: number): Promise<void>;
}

/** All the outside world that providers get. */
@Injectable()
export class ApplicationIo implements ProviderIo {
  constructor(
    @Inject(HTTP_CLIENT) private readonly client: HttpClient,
    readonly sandbox: Outbox,
    private readonly config: Config,
  ) {}

  http: ProviderIo['http'] = (request) => {
    const limit = this.config.PROVIDER_TIMEOUT_MS;
    return this.client.http({ ...request, timeoutMs: Math.min(request.timeoutMs ?? limit, limit) });
  };

  now(): Date {
    return new Date();
  }
}
