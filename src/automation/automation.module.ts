import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { EventsModule } from '../events/events.module';
import { MessagesModule } from '../messages/messages.module';
import { RuleCheck } from './rule-check';
import { RulesController } from './rules.controller';
import { RulesService } from './rules.service';
import { RuleEvents } from './run/rule-events';
import { RunLoop } from './run/run-loop';
import { RunWake } from './run/run-wake';
import { RunsController } from './run/runs.controller';
import { RunsService } from './run/runs.service';
import { StepDeeds } from './run/step-deeds';
import { StepRunner } from './run/step-runner';
import { RuleTrials } from './trial/trials';
import { RuleClock } from './trigger/rule-clock';
import { SigningSecrets } from './webhook/signing-secrets';
import { WebhookCalls } from './webhook/webhook-calls';

@Module({
  imports: [ChannelsModule, EventsModule, MessagesModule],
  controllers: [RulesController, RunsController],
  providers: [
    RulesService,
    RuleCheck,
    RuleTrials,
    RunsService,
    RuleEvents,
    RuleClock,
    RunWake,
    RunLoop,
    StepRunner,
    StepDeeds,
    WebhookCalls,
    SigningSecrets,
  ],
  exports: [SigningSecrets],
})
export class AutomationModule {}
