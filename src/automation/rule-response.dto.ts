import { PageInfo } from '../platform/http/page-info.dto';

export class RuleResponse {
  id: string;
  name: string;
  /** Whether it begins new runs. */
  enabled: boolean;
  /** Grows by one with each change of trigger, conditions, steps or exitWhen. */
  version: number;
  trigger: Record<string, unknown>;
  conditions: Record<string, unknown> | null;
  steps: Record<string, unknown>[];
  exitWhen: Record<string, unknown> | null;
  /** always, when_ended or once. */
  reentry: string;
  /** Most runs for one contact within an hour. */
  mostPerHour: number;
  createdAt: string;
  updatedAt: string;
}

export class RulePage {
  data: RuleResponse[];
  page: PageInfo;
}

export class SigningSecretResponse {
  /** As Standard Webhooks writes it: whsec_ and base64. */
  signingSecret: string;
}
