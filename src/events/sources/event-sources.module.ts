import { Module } from '@nestjs/common';
import { EventsModule } from '../events.module';
import { EventSourcesController } from './event-sources.controller';
import { EventSourcesService } from './event-sources.service';
import { SnsReceiver } from './sns-receiver';
import { SourceIntake } from './source-intake';
import { SourceRunner } from './source-runner';
import { SourceSecrets } from './source-secrets';
import { UnreadableAgain } from './unreadable-again';

@Module({
  imports: [EventsModule],
  controllers: [EventSourcesController],
  providers: [EventSourcesService, SourceSecrets, SourceIntake, SourceRunner, SnsReceiver, UnreadableAgain],
  exports: [SourceSecrets],
})
export class EventSourcesModule {}
