import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { hostList } from '../../platform/egress/host-list';
import type { HttpClient } from '../../platform/egress/http-client';
import type { SmtpClient } from '../../platform/egress/smtp-client';
import { HTTP_CLIENT, SMTP_CLIENT } from '../../platform/tokens';
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
    @Inject(SMTP_CLIENT) private readonly mail: SmtpClient,
    readonly sandbox: Outbox,
    private readonly config: Config,
  ) {}

  mayCall = hostList(this.config.HTTP_ALLOWED_HOSTS);

  http: ProviderIo['http'] = (request) => this.client.http(this.limited(request));

  smtp: NonNullable<ProviderIo['smtp']> = (request) => this.mail.send(this.limited(request));

  smtpVerify: NonNullable<ProviderIo['smtpVerify']> = (server) => this.mail.verify(this.limited(server));

  now(): Date {
    return new Date();
  }

  private limited<R extends { timeoutMs?: number }>(request: R): R & { timeoutMs: number } {
    const limit = this.config.PROVIDER_TIMEOUT_MS;
    return { ...request, timeoutMs: Math.min(request.timeoutMs ?? limit, limit) };
  }
}
