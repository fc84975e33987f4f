import { Module } from '@nestjs/common';
import { MessagesModule } from './messages/messages.module';
import { SandboxModule } from './sandbox/sandbox.module';
import { WebhooksModule } from './webhooks/webhooks.module';
import { Worker } from './worker';

@Module({
  imports: [MessagesModule, WebhooksModule, SandboxModule],
  providers: [Worker],
})
export class WorkerModule {}
