import { Module } from '@nestjs/common';
import { ContactsController } from './contacts.controller';
import { ContactsService } from './contacts.service';
import { ContactExporter } from './exports/contact-exporter';
import { ContactExportsController } from './exports/exports.controller';
import { ExportsService } from './exports/exports.service';
import { IdentitiesController } from './identities.controller';
import { IdentitiesService } from './identities.service';
import { ContactImporter } from './imports/contact-importer';
import { ContactImportsController } from './imports/imports.controller';
import { ImportsService } from './imports/imports.service';

@Module({
  controllers: [ContactsController, IdentitiesController, ContactImportsController, ContactExportsController],
  providers: [ContactsService, IdentitiesService, ImportsService, ContactImporter, ExportsService, ContactExporter],
  exports: [ContactsService],
})
export class ContactsModule {}
