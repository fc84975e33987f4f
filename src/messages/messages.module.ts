import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { SessionsModule } from '../sessions/sessions.module';
import { TemplatesModule } from '../templates/templates.module';
import { Acceptance } from './accept/acceptance';
import { Caretaker } from './dispatch/caretaker';
import { DispatchLedger } from './dispatch/dispatch-ledger';
import { Dispatcher } from './dispatch/dispatcher';
import { InboundMessages } from './events/inbound';
import { MessageActions } from './reading/message-actions';
import { MessageEvents } from './events/message-events';
import { MessageKeys } from './accept/message-keys';
import { MessageReader } from './reading/message-reader';
import { MessagesController } from './messages.controller';
import { MessagesService } from './accept/messages.service';
import { ParkedEvents } from './events/parked-events';
import { ApplicationIo } from './dispatch/provider-io';
import { Sender } from './dispatch/sender';
import { WorkerIdentity } from './dispatch/worker-identity';

@Module({
  imports: [ChannelsModule, SessionsModule, TemplatesModule],
  controllers: [MessagesController],
  providers: [
    MessagesService,
    MessageReader,
    MessageActions,
    MessageKeys,
    MessageEvents,
    InboundMessages,
    ParkedEvents,
    Acceptance,
    Dispatcher,
    DispatchLedger,
    Sender,
    Caretaker,
    ApplicationIo,
    WorkerIdentity,
  ],
  exports: [MessagesService, Acceptance, Dispatcher, Caretaker, MessageEvents, InboundMessages, ParkedEvents, ApplicationIo],
})
export class MessagesModule {}
