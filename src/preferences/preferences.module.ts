import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module';
import { ConsentSettingsController } from './consent-settings/consent-settings.controller';
import { ConsentSettingsService } from './consent-settings/consent-settings.service';
import { PreferencesController } from './preferences.controller';
import { PreferencesService } from './preferences.service';
import { SuppressionsController } from './suppressions.controller';
import { SuppressionsService } from './suppressions.service';
import { TopicsController } from './topics/topics.controller';
import { TopicsService } from './topics/topics.service';

@Module({
  imports: [ContactsModule],
  controllers: [PreferencesController, SuppressionsController, TopicsController, ConsentSettingsController],
  providers: [PreferencesService, SuppressionsService, TopicsService, ConsentSettingsService],
})
export class PreferencesModule {}
