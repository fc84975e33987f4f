import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { MessagesModule } from '../messages/messages.module';
import { TemplatesModule } from '../templates/templates.module';
import { CampaignsController } from './campaigns.controller';
import { CampaignsService } from './campaigns.service';
import { CostEstimates } from './estimate';
import { EstimateSampler } from './estimate-sample';
import { EstimatesController } from './estimates.controller';
import { EstimatesService } from './estimates.service';

@Module({
  imports: [ChannelsModule, MessagesModule, TemplatesModule],
  controllers: [CampaignsController, EstimatesController],
  providers: [CampaignsService, EstimatesService, CostEstimates, EstimateSampler],
})
export class CampaignsModule {}
