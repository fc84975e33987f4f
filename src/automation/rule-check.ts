import { Injectable } from '@nestjs/common';
import { findSegment } from '../campaigns/segments/segment.queries';
import type { Segment } from '../campaigns/segments/segment-tree';
import { ChannelAccounts } from '../channels/channel-accounts';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { assertChannelType, type Caller } from '../platform/http/caller';
import { Problem, type FieldError } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import { templateFaults, type TemplateReference } from '../templates/template-reference.queries';
import { conditionFaults } from './conditions';
import type { ExitDto, UpdateRuleDto } from './rule.dto';
import { addressFaults, stepsFaults, storedSteps } from './rule-steps';
import { storedTrigger, triggerFaults } from './rule-trigger';
import { attributesFor } from './segment-attributes';
import { eachStep, type SendStep, type Step } from './steps';
import type { Trigger } from './trigger/match';

/** What a request says of a rule, as it is stored; undefined what it does not name. */
export interface CheckedRule {
  trigger?: Trigger;
  steps?: Step[];
  channelTypes?: ChannelType[];
}

/** What of a request has to be looked at. */
type RuleParts = Pick<UpdateRuleDto, 'trigger' | 'conditions' | 'steps' | 'exitWhen'>;

/** Whether a rule can be stored: what its parts say, and whether what they name is there. */
@Injectable()
export class RuleCheck {
  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
  ) {}

  /** Throws Problem 422 naming every fault, 403 for a channel type on which the caller may not send. */
  async check(caller: Caller, { trigger, conditions, steps, exitWhen }: RuleParts): Promise<CheckedRule> {
    refuse([
      ...(trigger ? triggerFaults(trigger, '/trigger') : []),
      ...(conditions == null ? [] : conditionFaults(conditions, '/conditions')),
      ...(exitWhen == null ? [] : exitFaults(exitWhen)),
      ...(steps ? stepsFaults(steps, '/steps') : []),
    ]);
    const stored = { ...(trigger && { trigger: storedTrigger(trigger) }), ...(steps && { steps: storedSteps(steps) }) };
    const { faults, templates, channelTypes } = await this.sends(caller, stored.steps ?? []);
    refuse([
      ...faults,
      ...(await this.db.run(caller.tenantId, async (tx) => [
        ...(await templateFaults(tx, templates)),
        ...(await segmentFaults(tx, stored)),
      ])),
    ]);
    return { ...stored, ...(steps && { channelTypes }) };
  }

  private async sends(caller: Caller, steps: readonly Step[]) {
    const faults: FieldError[] = [];
    const templates: TemplateReference[] = [];
    const channelTypes = new Set<ChannelType>();
    for (const [path, step] of eachStep(steps)) {
      if (step.type !== 'send') continue;
      const pointer = `/steps/${path}`;
      const channelType = await this.channelTypeOf(caller, step);
      if (channelType) assertChannelType(caller, channelType);
      if (!channelType) faults.push({ pointer: `${pointer}/channelId`, message: 'there is no such channel' });
      else faults.push(...addressFaults(step, channelType, pointer));
      if (channelType) channelTypes.add(channelType);
      if (channelType && step.templateId !== undefined)
        templates.push({ pointer: `${pointer}/templateId`, templateId: step.templateId, channelType });
    }
    return { faults, templates, channelTypes: [...channelTypes].sort() };
  }

  private async channelTypeOf({ tenantId }: Caller, { channelId, channelType }: SendStep) {
    if (channelType) return channelType;
    return channelId === undefined ? undefined : (await this.accounts.find(tenantId, channelId))?.account.channelType;
  }
}

function refuse(faults: readonly FieldError[]): void {
  if (faults.length) throw Problem.invalidFields([...faults]);
}

function exitFaults({ event, conditions }: ExitDto): FieldError[] {
  if (event == null && conditions == null) return [{ pointer: '/exitWhen/event', message: 'is needed, or conditions' }];
  return conditions == null ? [] : conditionFaults(conditions, '/exitWhen/conditions');
}

/** Segments that it names: each must be there, and one that a contact is added to must be of that kind. */
async function segmentFaults(tx: Tx, { trigger, steps = [] }: CheckedRule): Promise<FieldError[]> {
  const faults: FieldError[] = [];
  const from = trigger?.type === 'schedule' ? trigger.segmentId : undefined;
  if (from !== undefined && !(await findSegment(tx, from)))
    faults.push({ pointer: '/trigger/segmentId', message: 'there is no such segment' });
  for (const [path, step] of eachStep(steps)) {
    if (step.type !== 'add_to_segment') continue;
    const pointer = `/steps/${path}/segmentId`;
    const row = await findSegment(tx, step.segmentId);
    if (!row) faults.push({ pointer, message: 'there is no such segment' });
    else if (!attributesFor(row.segment as unknown as Segment))
      faults.push({
        pointer,
        message: 'must be a segment that only asks for attributes with eq: others cannot be added to',
      });
  }
  return faults;
}
