import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { MessagesModule } from '../messages/messages.module';
import { PreferencesModule } from '../preferences/preferences.module';
import { TemplatesModule } from '../templates/templates.module';
import { CampaignActions } from './campaign-actions';
import { CampaignChanges } from './campaign-changes';
import { CampaignTests } from './campaign-tests';
import { CampaignsController } from './campaigns.controller';
import { CampaignsService } from './campaigns.service';
import { CostEstimates } from './estimate';
import { EstimateSampler } from './estimate-sample';
import { EstimatesController } from './estimates.controller';
import { EstimatesService } from './estimates.service';
import { CampaignSettingsController } from './settings/campaign-settings.controller';
import { CampaignSettingsService } from './settings/campaign-settings.service';
import { Audience } from './run/audience';
import { CampaignRunner } from './run/campaign-runner';
import { CampaignHolds } from './run/campaign-holds';
import { CampaignWatch } from './run/campaign-watch';
import { Feeder } from './run/feeder';
import { Recurrences } from './run/recurrences';
import { Personalisation } from './run/personalise';
import { SegmentsController } from './segments/segments.controller';
import { SegmentsService } from './segments/segments.service';
import { RecipientUploadsController } from './upload/recipient-uploads.controller';
import { RecipientUploads } from './upload/recipient-uploads.service';

@Module({
  imports: [ChannelsModule, MessagesModule, PreferencesModule, TemplatesModule],
  controllers: [
    EstimatesController,
    CampaignsController,
    CampaignSettingsController,
    SegmentsController,
    RecipientUploadsController,
  ],
  providers: [
    CampaignsService,
    EstimatesService,
    CostEstimates,
    EstimateSampler,
    CampaignSettingsService,
    SegmentsService,
    RecipientUploads,
    CampaignActions,
    CampaignChanges,
    CampaignTests,
    CampaignHolds,
    CampaignRunner,
    Audience,
    Feeder,
    CampaignWatch,
    Personalisation,
    Recurrences,
  ],
})
export class CampaignsModule {}
