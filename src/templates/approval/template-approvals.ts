import { Inject, Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../../channels/channel-accounts';
import { Config } from '../../config';
import { audit } from '../../permissions/audit';
import { TenantDb } from '../../platform/db/tenant-db';
import { hostList } from '../../platform/egress/host-list';
import type { HttpClient } from '../../platform/egress/http-client';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { HTTP_CLIENT } from '../../platform/tokens';
import type { ListedTemplate, ProviderIo } from '../../providers/provider';
import { TemplateLookup } from '../template-lookup';
import type { TemplateSyncResponse } from '../template-response.dto';
import { type ApprovalChange, type KeptTemplate, listKept, storeApprovals } from './approval.queries';

const CALL_TIMEOUT_MS = 10_000;
const LONGEST_REASON = 500;

/** Asks providers what they say of the templates that they keep. No transaction is open during the call. */
@Injectable()
export class TemplateApprovals {
  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly lookup: TemplateLookup,
    private readonly config: Config,
    @Inject(HTTP_CLIENT) private readonly client: HttpClient,
  ) {}

  /** Throws Problem 404 for no such channel, 409 and 422 for one whose provider cannot be asked. */
  async sync(caller: Caller, channelId: string): Promise<TemplateSyncResponse> {
    const open = await this.accounts.find(caller.tenantId, channelId);
    if (!open) throw Problem.notFound('channel');
    const listed = await this.ask(open);
    const at = new Date();
    const kept = await this.db.run(caller.tenantId, async (tx) => {
      const templates = await listKept(tx, open.account.channelType);
      const found = templates.map((template) => ({ ...template, ...approvalOf(template, listed) }));
      await storeApprovals(tx, at, found);
      await audit(tx, caller, 'template.synced', 'channel', channelId, { templates: found.length });
      return found;
    });
    this.lookup.forget();
    const syncedAt = at.toISOString();
    return {
      data: kept.map(({ id, name, language, status, reason }) => ({
        templateId: id,
        name,
        language,
        approval: { status, reason, syncedAt },
      })),
    };
  }

  private async ask({ provider, account }: OpenChannel): Promise<readonly ListedTemplate[]> {
    if (!provider.listTemplates)
      throw Problem.invalidField('/channelId', `${provider.label} does not tell which templates it keeps`);
    const io: ProviderIo = {
      http: (request) => this.client.http({ ...request, timeoutMs: CALL_TIMEOUT_MS }),
      mayCall: hostList(this.config.HTTP_ALLOWED_HOSTS),
      now: () => new Date(),
    };
    const answer = await provider.listTemplates(account, io);
    if ('fault' in answer) throw Problem.conflict('provider_refused', answer.fault.message);
    return answer.templates;
  }
}

/** What the provider says of one template, by its name and language; a template that it does not list is unknown to it. */
function approvalOf(template: KeptTemplate, listed: readonly ListedTemplate[]): Omit<ApprovalChange, 'id'> {
  const found = listed.find(
    ({ name, language }) =>
      name === template.providerTemplateName && languageOf(language) === languageOf(template.language),
  );
  if (!found) return { status: 'UNKNOWN', reason: 'The provider lists no template of this name and language.' };
  return { status: found.status, reason: found.reason?.slice(0, LONGEST_REASON) ?? null };
}

/** "en_US" of Meta and "en-US" of the rest of the world are the same. */
function languageOf(tag: string): string {
  return tag.replace('_', '-').toLowerCase();
}
