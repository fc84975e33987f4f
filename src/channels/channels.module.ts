import { Module } from '@nestjs/common';
import { ChannelAccounts } from './channel-accounts';
import { ChannelRegistrations } from './channel-registrations';
import { ChannelSecrets } from './channel-secrets';
import { ChannelVerification } from './channel-verification';
import { ChannelsController } from './channels.controller';
import { ChannelsService } from './channels.service';

@Module({
  controllers: [ChannelsController],
  providers: [ChannelsService, ChannelAccounts, ChannelRegistrations, ChannelSecrets, ChannelVerification],
  exports: [ChannelsService, ChannelAccounts, ChannelRegistrations, ChannelSecrets],
})
export class ChannelsModule {}
