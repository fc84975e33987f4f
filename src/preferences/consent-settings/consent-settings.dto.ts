import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, Max, Min, ValidateNested } from 'class-validator';
import { IsIanaZone } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';

export class FrequencyCapDto {
  /** MARKETING: counts and stops advertising. ALL: counts and stops everything but one-time passwords and critical topics. */
  @IsIn(['ALL', 'MARKETING'])
  purpose: 'ALL' | 'MARKETING';

  /** Messages that one contact may get within `hours`, over all channels; 1 to 1000. */
  @IsInt()
  @Min(1)
  @Max(1000)
  most: number;

  /** Length of the sliding window in hours; 1 to 720. */
  @IsInt()
  @Min(1)
  @Max(720)
  hours: number;
}

/** Fields left out stay as they are. */
export class UpdateConsentSettingsDto {
  /** Every cap anew, at most 5; an empty list takes them away. A message over a cap is SUPPRESSED. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(5)
  @ValidateNested({ each: true })
  @Type(() => FrequencyCapDto)
  frequencyCaps?: FrequencyCapDto[];

  /** Time zone of quiet hours where a contact has none. */
  @IfGiven()
  @IsIanaZone()
  timezone?: string;
}

export class ConsentSettingsResponse {
  /** How often one contact may be written to. */
  frequencyCaps: FrequencyCapDto[];
  /** Time zone of quiet hours where a contact has none. */
  timezone: string;
}
