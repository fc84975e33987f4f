import { Module } from '@nestjs/common';
import { ChannelsModule } from './channels/channels.module';
import { MessagesModule } from './messages/messages.module';
import { SandboxModule } from './sandbox/sandbox.module';
import { WebhooksModule } from './webhooks/webhooks.module';
import { Worker } from './worker';

@Module({
  imports: [ChannelsModule, MessagesModule, WebhooksModule, SandboxModule],
  providers: [Worker],
})
export class WorkerModule {}
