import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module';
import { Confirmation } from './page/confirmation';
import { PageController } from './page/page.controller';
import { PageLinks } from './page/page-links';
import { PreferencePage } from './page/page.service';
import { PageTokens } from './page/page-token';
import { PreferencesController } from './preferences.controller';
import { PreferencesService } from './preferences.service';
import { SuppressionsController } from './suppressions.controller';
import { SuppressionsService } from './suppressions.service';

@Module({
  imports: [ContactsModule],
  controllers: [PreferencesController, SuppressionsController, PageController],
  providers: [PreferencesService, SuppressionsService, PageTokens, PageLinks, PreferencePage, Confirmation],
  exports: [PageLinks],
})
export class PreferencesModule {}
