import { Injectable } from '@nestjs/common';
import type { TenantEvent } from '../../events/event-consumers';
import { DryRun } from '../../messages/accept/dry-run';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { asTenant, type Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { holds, type Condition } from '../evaluate';
import { findRule, type RuleRow } from '../rule.queries';
import type { DueRun } from '../run/run.queries';
import { contactFacts, startingEvent, type ContactFacts } from '../run/start.queries';
import { factsOf, knownOf, setsOff } from '../run/starts';
import { messageOf } from '../run/step-deeds';
import { behind, FIRST_STEP, into, stepAt, type SendStep, type Step, type StepPath } from '../steps';
import { eventTypeOf } from '../trigger/match';
import type { RuleTrialDto, RuleTrialResponse, TrialStepResponse } from './trial.dto';

const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What a rule would do, without doing any of it. */
@Injectable()
export class RuleTrials {
  constructor(
    private readonly db: TenantDb,
    private readonly dryRun: DryRun,
  ) {}

  /** Throws Problem 404, and 422 for an event or a contact that is not there. */
  try(caller: Caller, ruleId: string, input: RuleTrialDto): Promise<RuleTrialResponse> {
    return this.db.run(caller.tenantId, async (tx) => {
      const rule = await findRule(tx, ruleId);
      if (!rule) throw Problem.notFound('automation rule');
      const event = await eventOf(tx, rule, input);
      const matches = await fits(tx, rule, event);
      return { version: rule.version, matches, steps: matches ? await this.walk(tx, rule, event) : [] };
    });
  }

  private async walk(tx: Tx, { steps }: RuleRow, event: TenantEvent): Promise<TrialStepResponse[]> {
    const contact =
      event.contactId === null ? undefined : (await contactFacts(tx, [event.contactId])).get(event.contactId);
    const run = { id: NOBODY, contactId: event.contactId, event: startingEvent(event), stepsDone: 0, steps };
    const lines: TrialStepResponse[] = [];
    for (let path: StepPath | null = FIRST_STEP; path !== null;) {
      const step = stepAt(steps, path);
      const line = await this.tryStep(tx, { run: { ...run, stepsDone: lines.length } as DueRun, step, contact });
      lines.push({ path, type: step.type, code: null, message: null, ...line });
      path = nextOf(steps, path, line.outcome);
    }
    return lines;
  }

  private async tryStep(
    tx: Tx,
    { run, step, contact }: { run: DueRun; step: Step; contact: ContactFacts | undefined },
  ): Promise<Pick<TrialStepResponse, 'outcome'> & Partial<TrialStepResponse>> {
    if (step.type === 'send') return this.trySend(tx, run, step);
    if (step.type === 'branch')
      return { outcome: holds(step.conditions, factsOf(run.event, contact)) ? 'HOLDS' : 'HOLDS_NOT' };
    return { outcome: step.type === 'wait' || step.type === 'wait_for_event' ? 'WOULD_WAIT' : 'WOULD_DO' };
  }

  private async trySend(tx: Tx, run: DueRun, step: SendStep) {
    try {
      const message = await this.dryRun.show(asTenant(tx.tenantId), messageOf({ run, step }));
      return { outcome: 'WOULD_SEND', message };
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      return { outcome: 'REFUSED', code: error.code };
    }
  }
}

function nextOf(steps: readonly Step[], path: StepPath, outcome: string): StepPath | null {
  const step = stepAt(steps, path);
  if (step.type === 'stop') return null;
  if (step.type === 'branch') return into(steps, path, outcome === 'HOLDS' ? 'steps' : 'otherwise');
  return step.type === 'wait_for_event' ? into(steps, path, 'steps') : behind(steps, path);
}

async function eventOf(tx: Tx, { trigger }: RuleRow, { pastEventId, event }: RuleTrialDto): Promise<TenantEvent> {
  if ((pastEventId == null) === (event == null))
    throw Problem.invalidField('/pastEventId', 'either pastEventId or event is needed, and not both');
  if (pastEventId != null) {
    const [row] = await tx.query<TenantEvent>(PAST, [tx.tenantId, pastEventId]);
    if (!row) throw Problem.invalidField('/pastEventId', 'there is no such event');
    return row;
  }
  const contactId = event?.contactId ?? null;
  if (contactId !== null && !(await contactFacts(tx, [contactId])).size)
    throw Problem.invalidField('/event/contactId', 'there is no such contact');
  const type = event?.name ?? eventTypeOf(trigger) ?? trigger.type;
  const nothing = { messageId: null, sessionId: null, at: new Date() };
  return { id: NOBODY, type, source: 'api', contactId, data: event?.payload ?? {}, ...nothing };
}

const PAST = `SELECT id, type, source, contact_id AS "contactId", message_id AS "messageId", session_id AS "sessionId", data, at
  FROM tenant_event WHERE tenant_id = $1 AND id = $2`;

async function fits(tx: Tx, rule: RuleRow, event: TenantEvent): Promise<boolean> {
  const known = await knownOf(tx, [event]);
  if (eventTypeOf(rule.trigger) !== null) return setsOff(rule, event, known);
  // A clock sets it off: only its conditions can be asked.
  const contact = event.contactId === null ? undefined : known.contacts.get(event.contactId);
  const condition = rule.conditions as unknown as Condition | null;
  return contact !== undefined && (condition === null || holds(condition, factsOf(startingEvent(event), contact)));
}
