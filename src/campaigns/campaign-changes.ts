import { Injectable } from '@nestjs/common';
import { checkTiming } from '../messages/accept/timing';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { lockCampaign, type CampaignState } from './campaign-actions.queries';
import type { CampaignResponse } from './campaign-response.dto';
import type { BulkRateDto } from './campaign-pace.dto';
import type { UpdateCampaignDto } from './campaign.dto';
import { readCampaign } from './campaigns.service';
import { autoPauseOf, domainRatesOf } from './campaign-words';
import { CampaignRunner } from './run/campaign-runner';

/** Changes of a bulk send, also while it runs: the next recipients go by the new settings. */
@Injectable()
export class CampaignChanges {
  constructor(
    private readonly db: TenantDb,
    private readonly runner: CampaignRunner,
  ) {}

  /** Throws Problem 404, 409 for one that has ended or a time that has come, 422. */
  async update(caller: Caller, id: string, input: UpdateCampaignDto): Promise<CampaignResponse> {
    if (input.scheduledAt != null) checkTiming({ scheduledAt: input.scheduledAt });
    const changed = await this.db.run(caller.tenantId, async (tx) => {
      const state = await lockCampaign(tx, id);
      if (!state) throw Problem.notFound('bulk send');
      if (!CHANGEABLE.has(state.status)) throw Problem.conflict('conflict', `The bulk send is ${state.status}.`);
      checkTime(state, input);
      checkDomains(state, input.rate);
      await store(tx, id, input);
      await audit(tx, caller, 'campaign.updated', 'campaign', id, { fields: Object.keys(input) });
      return readCampaign(tx, id);
    });
    this.runner.start();
    return changed;
  }
}

const CHANGEABLE = new Set(['DRAFT', 'SCHEDULED', 'PREPARING', 'RUNNING', 'PAUSED']);

function checkTime({ status, isPrepared }: CampaignState, { scheduledAt }: UpdateCampaignDto): void {
  if (scheduledAt === undefined) return;
  if (status === 'PREPARING' || status === 'RUNNING' || isPrepared)
    throw Problem.conflict('conflict', 'The bulk send has started; its time is over.');
  if (status !== 'DRAFT' && scheduledAt === null)
    throw Problem.invalidField(
      '/scheduledAt',
      'is needed while it waits for its time; cancel it, or name another time',
    );
}

/** Recipients were put beside the domain of theirs when it was started. */
function checkDomains({ status, domains }: CampaignState, rate: BulkRateDto | null | undefined): void {
  if (rate === undefined || status === 'DRAFT') return;
  const wanted = domainRatesOf(rate).map(({ domain }) => domain);
  if (wanted.toSorted().join() !== domains.toSorted().join())
    throw Problem.invalidField('/rate/domains', 'once it is started, the domains stay; only their rates may change');
}

async function store(tx: Tx, id: string, input: UpdateCampaignDto): Promise<void> {
  const has = (field: keyof UpdateCampaignDto) => input[field] !== undefined;
  await tx.query(
    `UPDATE bulk_message_campaign SET updated_at = now(), name = coalesce($3, name),
       scheduled_at = CASE WHEN $4 THEN $5::timestamptz ELSE scheduled_at END,
       rate_per_second = CASE WHEN $6 THEN $7::numeric ELSE rate_per_second END,
       domain_rates = CASE WHEN $6 THEN $8::jsonb ELSE domain_rates END,
       ramp_up = CASE WHEN $9 THEN $10::jsonb ELSE ramp_up END,
       auto_pause = CASE WHEN $11 THEN $12::jsonb ELSE auto_pause END,
       metadata = CASE WHEN $13 THEN $14::jsonb ELSE metadata END
     WHERE tenant_id = $1 AND id = $2`,
    [
      ...[tx.tenantId, id, input.name ?? null],
      ...[has('scheduledAt'), input.scheduledAt ?? null],
      ...[has('rate'), input.rate?.perSecond ?? null, JSON.stringify(domainRatesOf(input.rate))],
      ...[has('rampUp'), input.rampUp ? JSON.stringify(input.rampUp) : null],
      ...[has('autoPause'), input.autoPause ? JSON.stringify(autoPauseOf(input.autoPause)) : null],
      ...[has('metadata'), JSON.stringify(input.metadata ?? {})],
    ],
  );
}
