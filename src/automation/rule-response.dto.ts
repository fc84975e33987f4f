import { PageInfo } from '../platform/http/page-info.dto';

export class RuleTriggerResponse {
  /** Name of the event. */
  event: string;
}

export class RuleResponse {
  id: string;
  name: string;
  /** Whether the rule is meant to run. */
  enabled: boolean;
  /** STORED: this version keeps rules and checks them, and does not run them yet, whatever `enabled` says. */
  state: 'STORED';
  trigger: RuleTriggerResponse;
  conditions: Record<string, unknown> | null;
  steps: Record<string, unknown>[];
  createdAt: string;
  updatedAt: string;
}

export class RulePage {
  data: RuleResponse[];
  page: PageInfo;
}
