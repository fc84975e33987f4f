import { IsBoolean } from 'class-validator';
import { IfGiven } from '../../platform/http/if-given';

/** Fields left out stay as they are. */
export class UpdateCampaignSettingsDto {
  /** true: a bulk send starts only after somebody other than its author has approved it. */
  @IfGiven()
  @IsBoolean()
  approvalRequired?: boolean;
}

export class CampaignSettingsResponse {
  /** Whether a bulk send has to be approved by somebody other than its author before it starts. */
  approvalRequired: boolean;
}
