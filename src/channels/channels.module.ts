import { Module } from '@nestjs/common';
import { ChannelAccounts } from './channel-accounts';
import { ChannelSecrets } from './channel-secrets';
import { ChannelVerification } from './channel-verification';
import { ChannelsController } from './channels.controller';
import { ChannelsService } from './channels.service';

@Module({
  controllers: [ChannelsController],
  providers: [ChannelsService, ChannelAccounts, ChannelSecrets, ChannelVerification],
  exports: [ChannelsService, ChannelAccounts, ChannelSecrets],
})
export class ChannelsModule {}
