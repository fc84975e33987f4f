import { Module } from '@nestjs/common';
import { ContactsController } from './contacts.controller';
import { ContactsService } from './contacts.service';
import { IdentitiesController } from './identities.controller';
import { IdentitiesService } from './identities.service';

@Module({
  controllers: [ContactsController, IdentitiesController],
  providers: [ContactsService, IdentitiesService],
  exports: [ContactsService],
})
export class ContactsModule {}
