import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module';
import { TemplateLookup } from './template-lookup';
import { TemplatePreview } from './template-preview';
import { TemplatesController } from './templates.controller';
import { TemplatesService } from './templates.service';

@Module({
  imports: [ContactsModule],
  controllers: [TemplatesController],
  providers: [TemplatesService, TemplateLookup, TemplatePreview],
  exports: [TemplatesService],
})
export class TemplatesModule {}
