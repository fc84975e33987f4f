import { Body, Controller, Get, HttpCode, Param, Post, Res, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ContactParam } from '../contacts/contact.dto';
import { ContactResponse } from '../contacts/contact-response.dto';
import { RawPersonalData } from '../permissions/personal-data/raw';
import { From, OnEveryChannelType, Requires, type Caller } from '../platform/http/caller';
import { ErasureService } from './erase.service';
import { ExportService } from './export.service';
import { MergeService } from './merge.service';
import { ErasureResponse, MergeDto } from './people.dto';

@ApiTags('Contacts')
@Controller('contacts/:id')
export class PeopleController {
  constructor(
    private readonly merging: MergeService,
    private readonly exporting: ExportService,
    private readonly erasing: ErasureService,
  ) {}

  /**
   * Makes another contact part of this one: addresses, conversations, messages; fields and attributes where this one has none.
   * What either refused stays refused. The other is gone after it, for good. Done again, it changes nothing.
   */
  @Post('merge')
  @Requires('contacts:manage')
  @OnEveryChannelType()
  @HttpCode(200)
  merge(@From() caller: Caller, @Param() { id }: ContactParam, @Body() body: MergeDto): Promise<ContactResponse> {
    return this.merging.merge(caller, id, body.contactId);
  }

  /**
   * Everything that is kept of the person as one JSON file: addresses, preferences, suppressions, proof of consent,
   * conversations, messages of both directions with their attempts and events, names of files, places in bulk sends.
   * Needs messages:read and contacts:pii as well.
   */
  @Get('export')
  @Requires('contacts:manage')
  @OnEveryChannelType()
  @RawPersonalData()
  @ApiOkResponse({ content: { 'application/json': { schema: { type: 'object' } } } })
  async export(
    @From() caller: Caller,
    @Param() { id: ref }: ContactParam,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { id, file } = await this.exporting.export(caller, ref);
    reply.headers({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' });
    const disposition = `attachment; filename="contact-${id}.json"`;
    return new StreamableFile(file, { type: 'application/json; charset=utf-8', disposition });
  }

  /**
   * Forgets the person for good: fields, addresses, wishes, the words and addresses of every message, files. What was not sent
   * yet is cancelled. Suppressions and the proof of consent stay under a hidden form of the address, and keep holding. A contact
   * that was deleted can still be erased by its id. Done again, it changes nothing more.
   */
  @Post('erase')
  @Requires('contacts:manage')
  @OnEveryChannelType()
  @HttpCode(200)
  erase(@From() caller: Caller, @Param() { id }: ContactParam): Promise<ErasureResponse> {
    return this.erasing.erase(caller, id);
  }
}
