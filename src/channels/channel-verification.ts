import { Inject, Injectable } from '@nestjs/common';
import { Config } from '../config';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { TenantDb } from '../platform/db/tenant-db';
import { hostList } from '../platform/egress/host-list';
import type { HttpClient } from '../platform/egress/http-client';
import type { SmtpClient } from '../platform/egress/smtp-client';
import { HTTP_CLIENT, SMTP_CLIENT } from '../platform/tokens';
import type { Account, CheckResult, Provider, ProviderIo } from '../providers/provider';
import { ChannelAccounts } from './channel-accounts';
import type { ChannelVerificationView } from './channel-response.dto';
import { CommunicationChannel } from './communication-channel.entity';

const CHECK_TIMEOUT_MS = 10_000;

/** Asks the provider whether a channel's credentials work. No transaction is open during the call. */
@Injectable()
export class ChannelVerification {
  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    @Inject(HTTP_CLIENT) private readonly client: HttpClient,
    @Inject(SMTP_CLIENT) private readonly mail: SmtpClient,
    private readonly config: Config,
  ) {}

  /** Throws Problem 404. A provider that says no is an answer, not a fault. */
  async verify(caller: Caller, id: string): Promise<ChannelVerificationView> {
    const open = await this.accounts.find(caller.tenantId, id);
    if (!open) throw Problem.notFound('channel');
    const { provider, account } = open;
    const io: ProviderIo = {
      http: (request) => this.client.http({ ...request, timeoutMs: CHECK_TIMEOUT_MS }),
      smtpVerify: (server) => this.mail.verify({ ...server, timeoutMs: CHECK_TIMEOUT_MS }),
      mayCall: hostList(this.config.HTTP_ALLOWED_HOSTS),
      now: () => new Date(),
    };
    const result = await check(provider, account, io);
    if (!result.ok) return { verified: false, code: result.fault.code, detail: result.fault.message, verifiedAt: null };
    const verifiedAt = io.now();
    await this.db.run(caller.tenantId, (tx) =>
      tx.manager.update(CommunicationChannel, { tenantId: caller.tenantId, id }, { verifiedAt }),
    );
    return { verified: true, code: null, detail: null, verifiedAt: verifiedAt.toISOString() };
  }
}

/** The credentials work, and the provider knows where to call, where it can be told. */
async function check(provider: Provider, account: Account, io: ProviderIo): Promise<CheckResult> {
  const result = (await provider.check?.(account, io)) ?? { ok: true };
  if (!result.ok || !account.webhookUrl) return result;
  return (await provider.register?.(account, io)) ?? result;
}
