import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { Idempotent } from '../platform/http/idempotent';
import { PageQuery } from '../platform/http/page';
import { RulePage, RuleResponse, SigningSecretResponse } from './rule-response.dto';
import { CreateRuleDto, UpdateRuleDto } from './rule.dto';
import { RulesService } from './rules.service';
import { RuleTrialDto, RuleTrialResponse } from './trial/trial.dto';
import { RuleTrials } from './trial/trials';
import { SigningSecrets } from './webhook/signing-secrets';

@ApiTags('Automation')
@Controller('automation-rules')
export class RulesController {
  constructor(
    private readonly rules: RulesService,
    private readonly trials: RuleTrials,
    private readonly secrets: SigningSecrets,
  ) {}

  /** Makes a rule: from now on it begins a run for each contact that its trigger and conditions fit. */
  @Post()
  @Requires('automation:manage')
  @Idempotent()
  async create(
    @From() caller: Caller,
    @Body() body: CreateRuleDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RuleResponse> {
    const rule = await this.rules.create(caller, body);
    reply.header('location', `/api/v1/communication/automation-rules/${rule.id}`);
    return rule;
  }

  @Get()
  @Requires('automation:read')
  list(@From() caller: Caller, @Query() query: PageQuery): Promise<RulePage> {
    return this.rules.list(caller, query);
  }

  @Get(':id')
  @Requires('automation:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<RuleResponse> {
    return this.rules.get(caller, id);
  }

  @Patch(':id')
  @Requires('automation:manage')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateRuleDto): Promise<RuleResponse> {
    return this.rules.update(caller, id, body);
  }

  @Delete(':id')
  @Requires('automation:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.rules.remove(caller, id);
  }

  /** What the rule would do at an event, past or made up: nothing is stored, sent or called. */
  @Post(':id/test')
  @Requires('automation:manage')
  @HttpCode(200)
  test(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: RuleTrialDto): Promise<RuleTrialResponse> {
    return this.trials.try(caller, id, body);
  }

  /** Makes the secret with which calls of the rule are signed, in place of the one before. It is shown this once. */
  @Post(':id/signing-secret')
  @Requires('automation:manage')
  @HttpCode(200)
  async makeSecret(@From() caller: Caller, @Param() { id }: IdParam): Promise<SigningSecretResponse> {
    return { signingSecret: await this.secrets.make(caller, id) };
  }
}
