import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { setInterest } from '../events/event-interest.queries';
import { OWN_EVENT_TYPES } from '../events/event-types';
import { databaseNow } from '../messages/schedules/recurring.queries';
import { audit } from '../permissions/audit';
import { forbidNow, lockOf } from '../platform/db/right-of-way';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page, PageQuery } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { RuleCheck, type CheckedRule } from './rule-check';
import {
  countRules,
  deleteRule,
  findRule,
  heardTypes,
  holdRule,
  listRules,
  saveRule,
  saveVersion,
  type ExitWhen,
  type NewRule,
  type RuleContent,
  type RuleFields,
  type RuleRow,
} from './rule.queries';
import type { RuleResponse } from './rule-response.dto';
import type { CreateRuleDto, UpdateRuleDto } from './rule.dto';
import { cancelRunsOf } from './run/run-end.queries';
import { eachStep } from './steps';
import { nextLook } from './trigger/due-time';
import { eventTypeOf } from './trigger/match';

const MOST_RULES = 200;
/** Before audit lines. */
const RANK = 5;

@Injectable()
export class RulesService {
  constructor(
    private readonly db: TenantDb,
    private readonly checks: RuleCheck,
    private readonly cursors: Cursors,
  ) {}

  /** Throws Problem 422 naming every fault, 409 for a name that is taken and for more rules than a tenant may have. */
  async create(caller: Caller, input: CreateRuleDto): Promise<RuleResponse> {
    const checked = await this.checks.check(caller, input);
    const { trigger, steps, channelTypes = [] } = checked;
    if (!trigger || !steps) throw Problem.invalidField('/steps', 'is needed');
    const rule: RuleFields = {
      name: input.name,
      enabled: input.enabled ?? true,
      trigger,
      steps,
      conditions: input.conditions ?? null,
      exitWhen: storedExit(input),
      reentry: input.reentry ?? 'always',
      mostPerHour: input.mostPerHour ?? 20,
    };
    const id = uuidv7();
    return this.db.run(caller.tenantId, async (tx) => {
      if ((await countRules(tx)) >= MOST_RULES)
        throw Problem.conflict('conflict', `There are ${MOST_RULES} rules already: delete one first.`);
      await store(tx, { id, version: 1, rule, channelTypes }, { isNew: true });
      await audit(tx, caller, 'automation_rule.created', 'automation_rule', id, { name: rule.name });
      return read(tx, id);
    });
  }

  /** Newest first. Throws Problem 400 for a cursor of another list. */
  async list({ tenantId }: Caller, query: PageQuery): Promise<Page<RuleResponse>> {
    const list = { tenantId, route: 'GET /automation-rules', query };
    const after = this.cursors.after(list);
    const rules = await this.db.run(tenantId, (tx) => listRules(tx, query.limit, after));
    return this.cursors.page(list, rules.map(ruleView));
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<RuleResponse> {
    return this.db.run(tenantId, (tx) => read(tx, id));
  }

  /** Changes the fields that are named; runs that are under way keep to what they began with. Throws Problem 404, 409, 422. */
  async update(caller: Caller, id: string, input: UpdateRuleDto): Promise<RuleResponse> {
    const checked = await this.checks.check(caller, input);
    return this.db.run(caller.tenantId, async (tx) => {
      const before = await holdRule(tx, id);
      if (!before) throw Problem.notFound('automation rule');
      const rule: RuleFields = { ...fieldsOf(before), ...given(input, checked) };
      const isNewVersion = !isDeepStrictEqual(content(rule), content(before));
      const isNewClock = rule.enabled !== before.enabled || !isDeepStrictEqual(rule.trigger, before.trigger);
      const channelTypes = checked.channelTypes ?? (await channelTypesOf(tx, id));
      const version = before.version + Number(isNewVersion);
      await store(tx, { id, version, rule, channelTypes }, { isNew: isNewVersion, isNewClock });
      const fields = Object.entries(input).flatMap(([name, value]) => (value === undefined ? [] : [name]));
      await audit(tx, caller, 'automation_rule.updated', 'automation_rule', id, { fields });
      return read(tx, id);
    });
  }

  /** Runs that are under way end. Throws Problem 404. */
  remove(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      if (!(await deleteRule(tx, id))) throw Problem.notFound('automation rule');
      await cancelRunsOf(tx, id);
      followEvents(tx);
      await audit(tx, caller, 'automation_rule.deleted', 'automation_rule', id, {});
    });
  }
}

async function store(
  tx: Tx,
  draft: Pick<NewRule, 'id' | 'version' | 'rule' | 'channelTypes'>,
  { isNew, isNewClock = isNew }: { isNew: boolean; isNewClock?: boolean },
): Promise<void> {
  const { rule } = draft;
  const nextAt = isNewClock ? await firstLook(tx, rule) : undefined;
  const whole: NewRule = { ...draft, eventType: eventTypeOf(rule.trigger), hears: hearsOf(rule), nextAt };
  if (!(await saveRule(tx, whole))) throw Problem.conflict('duplicate_name', 'Another automation rule has this name.');
  if (isNew) await saveVersion(tx, whole);
  followEvents(tx);
}

async function firstLook(tx: Tx, { trigger, enabled }: RuleFields): Promise<Date | null> {
  const next = nextLook(trigger, await databaseNow(tx));
  if (next === undefined) throw Problem.invalidField('/trigger/recurrence', 'never falls on a day from start on');
  return enabled ? next : null;
}

/** Carillon tells only what somebody listens for. At the end and one after the other, so that none overlooks another's change. */
function followEvents(tx: Tx): void {
  tx.atEnd(RANK, async () => {
    await forbidNow(tx, [lockOf(tx.tenantId, 'events that rules listen for')]);
    const heard = new Set(await heardTypes(tx));
    await setInterest(
      tx,
      'rules',
      OWN_EVENT_TYPES.filter((type) => heard.has(type)),
    );
  });
}

function hearsOf({ trigger, steps, exitWhen }: RuleContent): string[] {
  const waited = [...eachStep(steps)].flatMap(([, step]) => (step.type === 'wait_for_event' ? [step.event] : []));
  return [...new Set([eventTypeOf(trigger), exitWhen?.event, ...waited].filter((name) => name != null))];
}

async function channelTypesOf(tx: Tx, id: string): Promise<string[]> {
  const [row] = await tx.query<{ channelTypes: string[] }>(
    `SELECT channel_types AS "channelTypes" FROM message_automation_rule WHERE tenant_id = $1 AND id = $2`,
    [tx.tenantId, id],
  );
  return row?.channelTypes ?? [];
}

async function read(tx: Tx, id: string): Promise<RuleResponse> {
  const rule = await findRule(tx, id);
  if (!rule) throw Problem.notFound('automation rule');
  return ruleView(rule);
}

function ruleView({ createdAt, updatedAt, trigger, steps, exitWhen, ...rule }: RuleRow): RuleResponse {
  return {
    ...{ ...rule, trigger: { ...trigger }, steps: steps.map((step) => ({ ...step })) },
    ...{ exitWhen: exitWhen && { ...exitWhen } },
    ...{ createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() },
  };
}

function content({ trigger, conditions, steps, exitWhen }: RuleContent): unknown {
  // As the database gives it back.
  return JSON.parse(JSON.stringify({ trigger, conditions, steps, exitWhen }));
}

function fieldsOf({ name, enabled, trigger, conditions, steps, exitWhen, reentry, mostPerHour }: RuleRow): RuleFields {
  return { name, enabled, trigger, conditions, steps, exitWhen, reentry, mostPerHour };
}

function storedExit({ exitWhen }: Pick<UpdateRuleDto, 'exitWhen'>): ExitWhen | null {
  if (exitWhen == null) return null;
  const { event, conditions } = exitWhen;
  return { ...(event != null && { event }), ...(conditions != null && { conditions }) };
}

/** The fields that an update names, as they are stored. */
function given(input: UpdateRuleDto, { trigger, steps }: CheckedRule): Partial<RuleFields> {
  const { name, enabled, conditions, reentry, mostPerHour } = input;
  return {
    ...(name !== undefined && { name }),
    ...(enabled !== undefined && { enabled }),
    ...(trigger && { trigger }),
    ...(conditions !== undefined && { conditions }),
    ...(steps && { steps }),
    ...(input.exitWhen !== undefined && { exitWhen: storedExit(input) }),
    ...(reentry !== undefined && { reentry }),
    ...(mostPerHour !== undefined && { mostPerHour }),
  };
}
