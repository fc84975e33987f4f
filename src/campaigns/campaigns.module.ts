import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { CampaignsController } from './campaigns.controller';
import { CampaignsService } from './campaigns.service';
import { SegmentsController } from './segments/segments.controller';
import { SegmentsService } from './segments/segments.service';

@Module({
  imports: [ChannelsModule],
  controllers: [CampaignsController, SegmentsController],
  providers: [CampaignsService, SegmentsService],
})
export class CampaignsModule {}
