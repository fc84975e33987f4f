import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { MessagesModule } from '../messages/messages.module';
import { ChannelRegistrations } from './channel-registrations';
import { EventPolls } from './event-polls';
import { Incoming } from './incoming';
import { ProviderEvents } from './provider-events';
import { WebhookIntake } from './webhook-intake';
import { WebhookLogs } from './webhook-logs.service';
import { WebhookProcessor } from './webhook-processor';
import { WebhooksController } from './webhooks.controller';

@Module({
  imports: [ChannelsModule, MessagesModule],
  controllers: [WebhooksController],
  providers: [ChannelRegistrations, EventPolls, Incoming, ProviderEvents, WebhookIntake, WebhookLogs, WebhookProcessor],
  exports: [Incoming, WebhookIntake],
})
export class WebhooksModule {}
