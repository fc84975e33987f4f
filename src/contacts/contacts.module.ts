import { Module } from '@nestjs/common';
import { ContactsController } from './contacts.controller';
import { ContactsService } from './contacts.service';
import { ContactImporter } from './imports/contact-importer';
import { ImportsController } from './imports/imports.controller';
import { ImportsService } from './imports/imports.service';

@Module({
  controllers: [ContactsController, ImportsController],
  providers: [ContactsService, ImportsService, ContactImporter],
  exports: [ContactsService],
})
export class ContactsModule {}
