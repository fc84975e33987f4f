import { Module } from '@nestjs/common';
import { EventStreamController } from './event-stream.controller';
import { EventStreamService } from './event-stream.service';
import { EventStreams } from './event-streams';

@Module({
  controllers: [EventStreamController],
  providers: [EventStreamService, EventStreams],
})
export class EventStreamsModule {}
