import { Module } from '@nestjs/common';
import { ChannelsModule } from '../channels/channels.module';
import { ContactsModule } from '../contacts/contacts.module';
import { TemplateApprovals } from './approval/template-approvals';
import { LayoutsController } from './layouts/layouts.controller';
import { LayoutsService } from './layouts/layouts.service';
import { TemplateEngine } from './template-engine';
import { TemplateLookup } from './template-lookup';
import { TemplatePreparation } from './template-preparation';
import { TemplatePreview } from './template-preview';
import { TemplateVersionsService } from './template-versions.service';
import { TemplatesController } from './templates.controller';
import { TemplatesService } from './templates.service';

@Module({
  imports: [ChannelsModule, ContactsModule],
  controllers: [TemplatesController, LayoutsController],
  providers: [
    TemplatesService,
    TemplateEngine,
    TemplateLookup,
    TemplatePreparation,
    TemplatePreview,
    TemplateVersionsService,
    TemplateApprovals,
    LayoutsService,
  ],
  exports: [TemplatesService, TemplateEngine],
})
export class TemplatesModule {}
