import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module';
import { ConsentEventsController } from './consent-events.controller';
import { ConsentEventsService } from './consent-events.service';
import { ConsentSettingsController } from './consent-settings/consent-settings.controller';
import { ConsentSettingsService } from './consent-settings/consent-settings.service';
import { Confirmation } from './page/confirmation';
import { PageController } from './page/page.controller';
import { PageLinks } from './page/page-links';
import { PreferencePage } from './page/page.service';
import { PageTokens } from './page/page-token';
import { PreferencesController } from './preferences.controller';
import { PreferencesService } from './preferences.service';
import { SuppressionsController } from './suppressions.controller';
import { SuppressionsService } from './suppressions.service';
import { TopicsController } from './topics/topics.controller';
import { TopicsService } from './topics/topics.service';

@Module({
  imports: [ContactsModule],
  controllers: [
    PreferencesController,
    SuppressionsController,
    TopicsController,
    ConsentSettingsController,
    ConsentEventsController,
    PageController,
  ],
  providers: [
    PreferencesService,
    SuppressionsService,
    TopicsService,
    ConsentSettingsService,
    ConsentEventsService,
    PageTokens,
    PageLinks,
    PreferencePage,
    Confirmation,
  ],
  exports: [PageLinks],
})
export class PreferencesModule {}
