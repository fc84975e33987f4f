import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsMoneyAmount } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';
import { LANE_NAMES, type Lane } from '../dispatch/retry-policy';

export class BudgetMoneyDto {
  /** Decimal number as text, more than 0. */
  @IsMoneyAmount()
  @Matches(/[1-9]/, { message: 'must be more than 0' })
  amount: string;

  /** ISO 4217. Costs in other currencies are shown and do not count against the budget. */
  @IsString()
  @Matches(/^[A-Z]{3}$/, { message: 'must be three capitals, such as EUR' })
  currency: string;
}

/** The whole budget: what is left out gets its default. */
export class PutBudgetDto {
  /** What may be spent in a calendar month of the tenant's time zone; left out or null: there is no budget. */
  @IsOptional()
  @ValidateNested()
  @Type(() => BudgetMoneyDto)
  monthly?: BudgetMoneyDto | null;

  /** Percent of the budget at which there is an alert, once a month each; 50, 80 and 100 when left out. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(10)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(1000, { each: true })
  thresholds?: number[];

  /** Whether messages wait when the budget is used up; true when left out. */
  @IfGiven()
  @IsBoolean()
  hold?: boolean;

  /** Lanes whose messages go out all the same; otp and transactional when left out. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(LANE_NAMES.length)
  @ArrayUnique()
  @IsIn(LANE_NAMES, { each: true })
  exemptLanes?: Lane[];
}

export class BudgetMoney {
  /** Decimal number as text. */
  amount: string;
  /** ISO 4217. */
  currency: string;
}

export class BudgetAlertResponse {
  /** Percent of the budget. */
  threshold: number;
  /** When it was seen to be reached. */
  at: string;
  /** What was spent by then. */
  spent: BudgetMoney;
  /** The budget at that time. */
  monthly: BudgetMoney;
}

export class BudgetResponse {
  /** Null: there is no budget. */
  monthly: BudgetMoney | null;
  thresholds: number[];
  hold: boolean;
  exemptLanes: string[];
  /** The month that counts now, such as 2026-11. */
  month: string;
  /** Time zone of the tenant, in which months begin (PATCH /consent-settings). */
  timezone: string;
  /** When the next month begins. */
  endsAt: string;
  /** What was spent this month, one amount a currency. */
  spent: BudgetMoney[];
  /** What is left of the budget, 0 at least; null without one. */
  remaining: BudgetMoney | null;
  /** How much of the budget is used up, in percent rounded down; null without one. */
  percent: number | null;
  /** Whether messages wait now, but for those of the exempt lanes. */
  held: boolean;
  /** Thresholds that were reached this month. */
  alerts: BudgetAlertResponse[];
}
