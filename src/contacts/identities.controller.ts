import { Body, Controller, Delete, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { Idempotent } from '../platform/http/idempotent';
import { ContactParam } from './contact.dto';
import { IdentitiesService } from './identities.service';
import { AddIdentityDto, IdentityList, IdentityParam, IdentityResponse } from './identity.dto';

@ApiTags('Contacts')
@Controller('contacts/:id/identities')
export class IdentitiesController {
  constructor(private readonly identities: IdentitiesService) {}

  /** Every address of the contact, those held longest first; at most 50. */
  @Get()
  @Requires('contacts:read')
  list(@From() caller: Caller, @Param() { id }: ContactParam): Promise<IdentityList> {
    return this.identities.list(caller, id);
  }

  /** Gives the contact a further address: 201. One that it has already is answered with 200. */
  @Post()
  @Requires('contacts:manage')
  @Idempotent()
  @ApiCreatedResponse({ type: IdentityResponse, description: 'The contact has one address more' })
  @ApiOkResponse({ type: IdentityResponse, description: 'The contact had it already' })
  async add(
    @From() caller: Caller,
    @Param() { id }: ContactParam,
    @Body() body: AddIdentityDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IdentityResponse> {
    const { identity, isNew } = await this.identities.add(caller, id, body);
    reply.status(isNew ? 201 : 200);
    return identity;
  }

  /** Frees the address for others. Its open conversations end; what was refused under it stays refused. */
  @Delete(':channelType/:address')
  @Requires('contacts:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id, channelType, address }: IdentityParam): Promise<void> {
    return this.identities.remove(caller, id, channelType, address);
  }
}
