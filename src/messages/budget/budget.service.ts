import { Injectable } from '@nestjs/common';
import { audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import type { Caller } from '../../platform/http/caller';
import { Dispatcher } from '../dispatch/dispatcher';
import type { BudgetResponse, PutBudgetDto } from './budget.dto';
import { forgetAlerts, readBudget, removeBudget, storeBudget, wakeHeld, type Budget } from './budget.queries';

/** What a budget is where nothing else was said. */
const DEFAULTS = { thresholds: [50, 80, 100], hold: true, exemptLanes: ['otp', 'transactional'] } as const;

@Injectable()
export class BudgetService {
  constructor(
    private readonly db: TenantDb,
    private readonly dispatcher: Dispatcher,
  ) {}

  get({ tenantId }: Caller): Promise<BudgetResponse> {
    return this.db.run(tenantId, view);
  }

  /** In force for the next dispatch once it is committed; messages that waited are asked about anew at once. */
  async put(caller: Caller, input: PutBudgetDto): Promise<BudgetResponse> {
    const budget = budgetOf(input);
    const answer = await this.db.run(caller.tenantId, async (tx) => {
      await (budget ? storeBudget(tx, budget) : removeBudget(tx));
      await forgetAlerts(tx);
      await wakeHeld(tx);
      await audit(tx, caller, 'budget.updated', 'tenant', tx.tenantId, { budget });
      return view(tx);
    });
    this.dispatcher.wake.now();
    return answer;
  }
}

function budgetOf({ monthly, thresholds, hold, exemptLanes }: PutBudgetDto): Budget | null {
  if (!monthly) return null;
  return {
    amount: monthly.amount,
    currency: monthly.currency,
    thresholds: [...(thresholds ?? DEFAULTS.thresholds)].sort((a, b) => a - b),
    hold: hold ?? DEFAULTS.hold,
    exemptLanes: exemptLanes ?? DEFAULTS.exemptLanes,
  };
}

async function view(tx: Tx): Promise<BudgetResponse> {
  const { budget, alerts, endsAt, ...state } = await readBudget(tx);
  const { thresholds, hold, exemptLanes } = budget ?? DEFAULTS;
  return {
    monthly: budget && { amount: budget.amount, currency: budget.currency },
    thresholds: [...thresholds],
    hold,
    exemptLanes: [...exemptLanes],
    ...state,
    endsAt: endsAt.toISOString(),
    remaining: budget && { amount: budget.remaining, currency: budget.currency },
    percent: budget && budget.percent,
    held: budget !== null && budget.hold && budget.isUsedUp,
    alerts: alerts.map(({ threshold, at, spent, amount, currency }) => ({
      threshold,
      at: new Date(at).toISOString(),
      spent: { amount: spent, currency },
      monthly: { amount, currency },
    })),
  };
}
