import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { RulesController } from './rules.controller';
import { RulesService } from './rules.service';

@Module({
  imports: [ChannelsModule],
  controllers: [RulesController],
  providers: [RulesService],
})
export class AutomationModule {}
