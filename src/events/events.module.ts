import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module';
import { EventConsumers } from './event-consumers';
import { EventContacts } from './event-contact';
import { EventsController } from './events.controller';
import { EventsService } from './events.service';
import { FanOut } from './fan-out';

@Module({
  imports: [ContactsModule],
  controllers: [EventsController],
  providers: [EventConsumers, EventContacts, EventsService, FanOut],
  exports: [EventConsumers, EventContacts, FanOut],
})
export class EventsModule {}
