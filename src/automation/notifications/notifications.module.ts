import { Module } from '@nestjs/common';
import { EventsModule } from '../../events/events.module';
import { MessagesModule } from '../../messages/messages.module';
import { TemplatesModule } from '../../templates/templates.module';
import { NotificationMessage } from './notification-message';
import { NotificationRoutesController } from './notification-routes.controller';
import { NotificationRoutesService } from './notification-routes.service';
import { Notifications } from './notifications';
import { ReadyTemplates } from './ready-templates';

@Module({
  imports: [EventsModule, MessagesModule, TemplatesModule],
  controllers: [NotificationRoutesController],
  providers: [Notifications, NotificationMessage, NotificationRoutesService, ReadyTemplates],
})
export class NotificationsModule {}
