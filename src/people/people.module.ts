import { Module } from '@nestjs/common';
import { ErasureService } from './erase.service';
import { ExportService } from './export.service';
import { MergeService } from './merge.service';
import { PeopleController } from './people.controller';

/** What touches everything that is kept of a person, whichever feature keeps it: joining two contacts, handing all out, erasing it. */
@Module({ controllers: [PeopleController], providers: [ErasureService, ExportService, MergeService] })
export class PeopleModule {}
