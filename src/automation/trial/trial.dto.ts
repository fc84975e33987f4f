import { Type } from 'class-transformer';
import { IsObject, IsOptional, Matches, ValidateNested } from 'class-validator';
import { DryRunResponse } from '../../messages/reading/message-response.dto';
import { IsUuid } from '../../platform/http/fields';
import { EVENT_NAME, EVENT_NAME_WORDS } from '../trigger.dto';

export class TrialEventDto {
  /** Its name; that of the rule's trigger when left out. */
  @IsOptional()
  @Matches(EVENT_NAME, { message: EVENT_NAME_WORDS })
  name?: string | null;

  /** Whom it is about. */
  @IsOptional()
  @IsUuid()
  contactId?: string | null;

  @IsOptional()
  @IsObject()
  payload?: Record<string, unknown> | null;
}

export class RuleTrialDto {
  /** A past event, by its id in GET /events; or event. */
  @IsOptional()
  @IsUuid()
  pastEventId?: string | null;

  /** An event that did not happen. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TrialEventDto)
  event?: TrialEventDto | null;
}

export class TrialStepResponse {
  path: string;
  type: string;
  /** WOULD_SEND, REFUSED, WOULD_WAIT, HOLDS, HOLDS_NOT, or WOULD_DO. */
  outcome: string;
  /** Why a message could not be sent. */
  code: string | null;
  /** What POST /messages?dryRun=true says of the message. */
  message: DryRunResponse | null;
}

export class RuleTrialResponse {
  /** Of the rule, as it is now. */
  version: number;
  /** Whether trigger and conditions fit the event. */
  matches: boolean;
  /** What would happen, one after the other; an event that is waited for is taken to come. Empty where it does not match. */
  steps: TrialStepResponse[];
}
