import { Body, Controller, Get, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, OnEveryChannelType, Requires, type Caller } from '../../platform/http/caller';
import { BudgetResponse, PutBudgetDto } from './budget.dto';
import { BudgetService } from './budget.service';

@ApiTags('Budget')
@Controller('budget')
export class BudgetController {
  constructor(private readonly budgets: BudgetService) {}

  /** What was spent this month, what the budget leaves, and whether messages wait for it. */
  @Get()
  @Requires('stats:read')
  @OnEveryChannelType()
  get(@From() caller: Caller): Promise<BudgetResponse> {
    return this.budgets.get(caller);
  }

  /** Sets the whole budget; without `monthly` it takes it away. Messages that waited are asked about anew at once. */
  @Put()
  @Requires('budget:manage')
  @OnEveryChannelType()
  put(@From() caller: Caller, @Body() body: PutBudgetDto): Promise<BudgetResponse> {
    return this.budgets.put(caller, body);
  }
}
