import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { ContactsModule } from '../contacts/contacts.module';
import { PreferencesModule } from '../preferences/preferences.module';
import { SessionsModule } from '../sessions/sessions.module';
import { TemplatesModule } from '../templates/templates.module';
import { Acceptance } from './accept/acceptance';
import { AttachmentsController } from './attachments/attachments.controller';
import { AttachmentsService } from './attachments/attachments.service';
import { FileUpkeep } from './attachments/file-upkeep';
import { Files } from './attachments/files';
import { BudgetController } from './budget/budget.controller';
import { BudgetService } from './budget/budget.service';
import { BudgetWatch } from './budget/budget-watch';
import { BatchAttempt } from './dispatch/batch-attempt';
import { Caretaker } from './dispatch/caretaker';
import { DispatchLedger } from './dispatch/dispatch-ledger';
import { Dispatcher } from './dispatch/dispatcher';
import { DryRun } from './accept/dry-run';
import { InboundMediaFiles } from './events/inbound-media';
import { InboundMessages } from './events/inbound';
import { OptInController } from './opt-in/opt-in.controller';
import { OptInService } from './opt-in/opt-in.service';
import { MessageActions } from './reading/message-actions';
import { LaterPrices } from './events/later-prices';
import { EventsTogether } from './events/events-together';
import { MessageEvents } from './events/message-events';
import { MessageKeys } from './accept/message-keys';
import { MessageReader } from './reading/message-reader';
import { MessagesController } from './messages.controller';
import { MessagesService } from './accept/messages.service';
import { NotesController } from './notes/notes.controller';
import { NotesService } from './notes/notes.service';
import { MessageMoods } from './sentiment/message-moods';
import { SentimentEndpoint } from './sentiment/sentiment-endpoint';
import { ParkedEvents } from './events/parked-events';
import { MessagePreparation } from './accept/preparation';
import { OutboundFiles } from './dispatch/outbound-files';
import { PriceTable } from './dispatch/price-table';
import { ApplicationIo } from './dispatch/provider-io';
import { Upkeep } from './dispatch/upkeep';
import { Sender } from './dispatch/sender';
import { SingleAttempt } from './dispatch/single-attempt';
import { WorkerIdentity } from './dispatch/worker-identity';
import { RecurringMessagesClock } from './schedules/recurring-clock';
import { RecurringMessages } from './schedules/recurring-messages.service';
import { ScheduleChange } from './schedules/schedule-change';
import { ScheduledMessagesClock } from './schedules/single-clock';
import { ScheduledMessagesController } from './schedules/scheduled-messages.controller';
import { ScheduledMessagesService } from './schedules/scheduled-messages.service';
import { TrackedWords } from './tracking/tracked-words';
import { TrackTokens } from './tracking/track-tokens';

@Module({
  imports: [ChannelsModule, ContactsModule, PreferencesModule, SessionsModule, TemplatesModule],
  controllers: [
    MessagesController,
    AttachmentsController,
    ScheduledMessagesController,
    OptInController,
    BudgetController,
    NotesController,
  ],
  providers: [
    MessagesService,
    MessagePreparation,
    DryRun,
    AttachmentsService,
    Files,
    FileUpkeep,
    OutboundFiles,
    ScheduledMessagesService,
    ScheduledMessagesClock,
    ScheduleChange,
    RecurringMessages,
    RecurringMessagesClock,
    OptInService,
    MessageReader,
    MessageActions,
    MessageKeys,
    EventsTogether,
    MessageEvents,
    InboundMessages,
    InboundMediaFiles,
    LaterPrices,
    ParkedEvents,
    Acceptance,
    Dispatcher,
    DispatchLedger,
    SingleAttempt,
    BatchAttempt,
    Sender,
    Caretaker,
    Upkeep,
    ApplicationIo,
    PriceTable,
    BudgetService,
    BudgetWatch,
    NotesService,
    SentimentEndpoint,
    MessageMoods,
    WorkerIdentity,
    TrackTokens,
    TrackedWords,
  ],
  exports: [
    TrackTokens,
    MessagesService,
    MessagePreparation,
    DryRun,
    PriceTable,
    Acceptance,
    Dispatcher,
    Caretaker,
    Upkeep,
    EventsTogether,
    MessageEvents,
    InboundMessages,
    InboundMediaFiles,
    LaterPrices,
    ParkedEvents,
    ApplicationIo,
    WorkerIdentity,
  ],
})
export class MessagesModule {}
