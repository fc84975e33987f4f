import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { MessagesModule } from '../messages/messages.module';
import { WebhookIntake } from './webhook-intake';
import { WebhookLogs } from './webhook-logs.service';
import { WebhookProcessor } from './webhook-processor';
import { WebhooksController } from './webhooks.controller';

@Module({
  imports: [ChannelsModule, MessagesModule],
  controllers: [WebhooksController],
  providers: [WebhookIntake, WebhookLogs, WebhookProcessor],
  exports: [WebhookIntake, WebhookProcessor],
})
export class WebhooksModule {}
