import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsFQDN,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfGiven } from '../platform/http/if-given';
import { TEST_METRICS, type TestMetric } from './run/variants';

const THOUSANDTHS = { allowNaN: false, allowInfinity: false, maxDecimalPlaces: 3 };

export class DomainRateDto {
  /** Domain of e-mail addresses, "gmail.com". */
  @IsFQDN()
  domain: string;

  /** Most messages a second to addresses of it. */
  @IsNumber(THOUSANDTHS)
  @Min(0.001)
  @Max(10_000)
  perSecond: number;
}

export class BulkRateDto {
  /** Most messages a second of this bulk send; the channel's own limit holds besides. */
  @IsOptional()
  @IsNumber(THOUSANDTHS)
  @Min(0.001)
  @Max(10_000)
  perSecond?: number | null;

  /** Domains that are to be written to more slowly, at most 20. Which they are cannot change once it is started. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique(({ domain }: DomainRateDto) => String(domain).toLowerCase())
  @ValidateNested({ each: true })
  @Type(() => DomainRateDto)
  domains?: DomainRateDto[];
}

export class RampUpDto {
  /** Most messages in the first 24 hours. */
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  firstDay: number;

  /** How many times as many each day as on the day before, 1 to 10. */
  @IsNumber(THOUSANDTHS)
  @Min(1)
  @Max(10)
  factor: number;
}

export class AbTestDto {
  /** Percent of the recipients on whom the variants are tried. */
  @IsNumber(THOUSANDTHS)
  @Min(0.1)
  @Max(90)
  sharePercent: number;

  /** Minutes from the last message of the test until the winner is chosen; at most 30 days. */
  @IsInt()
  @Min(0)
  @Max(43_200)
  decideAfterMinutes: number;

  /** What the variants are compared by: DELIVERED, OPENED, CLICKED or REPLIED. */
  @IsIn(TEST_METRICS)
  metric: TestMetric;
}

export class AutoPauseDto {
  /** Percent of what went out that came back; null: not looked at. */
  @IsOptional()
  @IsNumber(THOUSANDTHS)
  @Min(0.001)
  @Max(100)
  bouncePercent?: number | null;

  /** Percent of what went out about which people complained; null: not looked at. */
  @IsOptional()
  @IsNumber(THOUSANDTHS)
  @Min(0.001)
  @Max(100)
  complaintPercent?: number | null;

  /** Nothing is judged by fewer messages than these; 500 when left out. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  minimum?: number;
}
