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

@Module({
  imports: [ChannelsModule, EventsModule, MessagesModule],
  controllers: [RulesController, RunsController],
  providers: [RulesService, RuleCheck, RunsService, RuleEvents, RunWake, RunLoop, StepRunner, StepDeeds],
})
export class AutomationModule {}
