import { Injectable } from '@nestjs/common';
import { ChannelAccounts } from '../channels/channel-accounts';
import { audit } from '../permissions/audit';
import { assertChannelType, type Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page, PageQuery } from '../platform/http/page';
import { Problem, type FieldError } from '../platform/http/problem';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import { templateFaults, type TemplateReference } from '../templates/template-reference.queries';
import { conditionFaults } from './conditions';
import { deleteRule, findRule, listRules, saveRule, type RuleFields, type RuleRow } from './rule.queries';
import type { RuleResponse } from './rule-response.dto';
import { addressFaults, stepFaults } from './rule-steps';
import type { CreateRuleDto, RuleStepDto, UpdateRuleDto } from './rule.dto';

@Injectable()
export class RulesService {
  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly cursors: Cursors,
  ) {}

  /** Throws Problem 422 naming every fault, 409 for a name that is taken. */
  async create(caller: Caller, input: CreateRuleDto): Promise<RuleResponse> {
    const { templates } = await this.check(caller, input);
    const rule = { ...fieldsOf(input), enabled: input.enabled ?? true, conditions: input.conditions ?? null };
    const id = uuidv7();
    return this.db.run(caller.tenantId, async (tx) => {
      await save(tx, id, { rule, templates });
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

  /** Changes the fields that are named. Throws Problem 404, 409, 422. */
  async update(caller: Caller, id: string, input: UpdateRuleDto): Promise<RuleResponse> {
    const { templates } = await this.check(caller, input);
    return this.db.run(caller.tenantId, async (tx) => {
      const before = await findRule(tx, id);
      if (!before) throw Problem.notFound('automation rule');
      await save(tx, id, { rule: { ...before, ...given(input) }, templates });
      await audit(tx, caller, 'automation_rule.updated', 'automation_rule', id, { fields: Object.keys(given(input)) });
      return read(tx, id);
    });
  }

  /** Throws Problem 404. */
  remove(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      if (!(await deleteRule(tx, id))) throw Problem.notFound('automation rule');
      await audit(tx, caller, 'automation_rule.deleted', 'automation_rule', id, {});
    });
  }

  /** Answers with the templates that the steps name; whether they exist is asked in the transaction that stores the rule. */
  private async check(
    caller: Caller,
    { conditions, steps = [] }: Pick<UpdateRuleDto, 'conditions' | 'steps'>,
  ): Promise<{ templates: TemplateReference[] }> {
    const faults = [
      ...(conditions == null ? [] : conditionFaults(conditions, '/conditions')),
      ...steps.flatMap((step, index) => stepFaults(step, `/steps/${index}`)),
    ];
    if (faults.length) throw Problem.invalidFields(faults);

    const templates: TemplateReference[] = [];
    for (const [index, step] of steps.entries()) {
      const pointer = `/steps/${index}`;
      const channelType = step.channelType ?? (await this.channelTypeOf(caller, step));
      if (step.type === 'wait') continue;
      if (channelType) assertChannelType(caller, channelType);
      if (!channelType) faults.push({ pointer: `${pointer}/channelId`, message: 'there is no such channel' });
      else faults.push(...addressFaults(step, channelType, pointer));
      if (channelType && step.templateId != null)
        templates.push({ pointer: `${pointer}/templateId`, templateId: step.templateId, channelType });
    }
    if (faults.length) throw Problem.invalidFields(faults);
    return { templates };
  }

  private async channelTypeOf({ tenantId }: Caller, { channelId }: RuleStepDto) {
    return channelId == null ? undefined : (await this.accounts.find(tenantId, channelId))?.account.channelType;
  }
}

interface Draft {
  rule: RuleFields;
  templates: readonly TemplateReference[];
}

async function save(tx: Tx, id: string, { rule, templates }: Draft): Promise<void> {
  const faults: FieldError[] = await templateFaults(tx, templates);
  if (faults.length) throw Problem.invalidFields(faults);
  if (!(await saveRule(tx, id, rule)))
    throw Problem.conflict('duplicate_name', 'Another automation rule has this name.');
}

async function read(tx: Tx, id: string): Promise<RuleResponse> {
  const rule = await findRule(tx, id);
  if (!rule) throw Problem.notFound('automation rule');
  return ruleView(rule);
}

function ruleView({ createdAt, updatedAt, ...rule }: RuleRow): RuleResponse {
  return { ...rule, state: 'STORED', createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

function fieldsOf({ name, trigger, steps }: Pick<CreateRuleDto, 'name' | 'trigger' | 'steps'>) {
  return { name, trigger: { event: trigger.event }, steps: steps.map(withoutNulls) };
}

/** The fields that an update names, as they are stored. */
function given({ name, enabled, trigger, conditions, steps }: UpdateRuleDto): Partial<RuleFields> {
  return {
    ...(name !== undefined && { name }),
    ...(enabled !== undefined && { enabled }),
    ...(trigger !== undefined && { trigger: { event: trigger.event } }),
    ...(conditions !== undefined && { conditions }),
    ...(steps !== undefined && { steps: steps.map(withoutNulls) }),
  };
}

function withoutNulls(step: RuleStepDto): Record<string, unknown> {
  return Object.fromEntries(Object.entries(step).filter(([, value]) => value != null));
}
