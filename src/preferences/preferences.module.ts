import { Module } from '@nestjs/common';
import { ContactsModule } from '../contacts/contacts.module';
import { PreferencesController } from './preferences.controller';
import { PreferencesService } from './preferences.service';
import { SuppressionsController } from './suppressions.controller';
import { SuppressionsService } from './suppressions.service';

@Module({
  imports: [ContactsModule],
  controllers: [PreferencesController, SuppressionsController],
  providers: [PreferencesService, SuppressionsService],
})
export class PreferencesModule {}
