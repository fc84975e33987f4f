import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module';
import { EventStreamController } from './event-stream.controller';
import { EventStreamService } from './event-stream.service';
import { EventStreams } from './event-streams';
import { KafkaInterest } from './kafka/kafka-interest';
import { KafkaPublisher } from './kafka/kafka-publisher';

@Module({
  imports: [EventsModule],
  controllers: [EventStreamController],
  providers: [EventStreamService, EventStreams, KafkaInterest, KafkaPublisher],
})
export class EventStreamsModule {}
