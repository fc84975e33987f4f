import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, OnEveryChannelType, Requires, type Caller } from '../platform/http/caller';
import { Idempotent } from '../platform/http/idempotent';
import { PageQuery } from '../platform/http/page';
import { ContactParam, ContactQuery, CreateContactDto, UpdateContactDto, UpsertQuery } from './contact.dto';
import { ContactPage, ContactResponse, ContactTimelinePage } from './contact-response.dto';
import { ContactsService } from './contacts.service';

@ApiTags('Contacts')
@Controller('contacts')
export class ContactsController {
  constructor(private readonly contacts: ContactsService) {}

  /** Makes a contact: 201. With `upsert=true` a known externalId is changed instead: 200. */
  @Post()
  @Requires('contacts:manage')
  @Idempotent()
  @ApiCreatedResponse({ type: ContactResponse, description: 'A contact was made' })
  @ApiOkResponse({ type: ContactResponse, description: 'A known contact was changed' })
  async create(
    @From() caller: Caller,
    @Query() query: UpsertQuery,
    @Body() body: CreateContactDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContactResponse> {
    const { contact, isNew } = await this.contacts.create(caller, body, query.upsert ?? false);
    reply.status(isNew ? 201 : 200).header('location', `/api/v1/communication/contacts/${contact.id}`);
    return contact;
  }

  @Get()
  @Requires('contacts:read')
  list(@From() caller: Caller, @Query() query: ContactQuery): Promise<ContactPage> {
    return this.contacts.list(caller, query);
  }

  @Get(':id')
  @Requires('contacts:read')
  get(@From() caller: Caller, @Param() { id }: ContactParam): Promise<ContactResponse> {
    return this.contacts.get(caller, id);
  }

  @Patch(':id')
  @Requires('contacts:manage')
  update(
    @From() caller: Caller,
    @Param() { id }: ContactParam,
    @Body() body: UpdateContactDto,
  ): Promise<ContactResponse> {
    return this.contacts.update(caller, id, body);
  }

  /** Frees externalId and addresses; messages stay, and so does what the person refused. */
  @Delete(':id')
  @Requires('contacts:manage')
  @OnEveryChannelType()
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: ContactParam): Promise<void> {
    return this.contacts.remove(caller, id);
  }

  /** Messages of all conversations with the contact, newest first. */
  @Get(':id/timeline')
  @Requires('messages:read')
  timeline(
    @From() caller: Caller,
    @Param() { id }: ContactParam,
    @Query() query: PageQuery,
  ): Promise<ContactTimelinePage> {
    return this.contacts.timeline(caller, id, query);
  }
}
