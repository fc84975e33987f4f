import { Global, Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { Outbox } from '../messages/dispatch/provider-io';
import { WebhooksModule } from '../webhooks/webhooks.module';
import { SandboxCallbacks } from './sandbox-callbacks';
import { SandboxOutbox } from './sandbox-outbox';
import { SandboxController } from './sandbox.controller';

/** Apart from its users, and global, because messages may not know of it: they ask for an Outbox. */
@Global()
@Module({
  providers: [SandboxOutbox, { provide: Outbox, useExisting: SandboxOutbox }],
  exports: [SandboxOutbox, Outbox],
})
export class SandboxOutboxModule {}

@Module({
  imports: [ChannelsModule, WebhooksModule],
  controllers: [SandboxController],
  providers: [SandboxCallbacks],
  exports: [SandboxCallbacks],
})
export class SandboxModule {}
