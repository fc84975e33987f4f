import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { MessagesModule } from '../messages/messages.module';
import { PreferencesModule } from '../preferences/preferences.module';
import { TemplatesModule } from '../templates/templates.module';
import { CampaignActions } from './campaign-actions';
import { CampaignsController } from './campaigns.controller';
import { CampaignsService } from './campaigns.service';
import { Audience } from './run/audience';
import { CampaignRunner } from './run/campaign-runner';
import { CampaignWatch } from './run/campaign-watch';
import { Feeder } from './run/feeder';
import { Personalisation } from './run/personalise';
import { SegmentsController } from './segments/segments.controller';
import { SegmentsService } from './segments/segments.service';
import { RecipientUploadsController } from './upload/recipient-uploads.controller';
import { RecipientUploads } from './upload/recipient-uploads.service';

@Module({
  imports: [ChannelsModule, MessagesModule, PreferencesModule, TemplatesModule],
  controllers: [CampaignsController, SegmentsController, RecipientUploadsController],
  providers: [
    CampaignsService,
    SegmentsService,
    RecipientUploads,
    CampaignActions,
    CampaignRunner,
    Audience,
    Feeder,
    CampaignWatch,
    Personalisation,
  ],
})
export class CampaignsModule {}
