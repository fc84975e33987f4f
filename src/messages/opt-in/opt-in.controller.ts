import { Body, Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiHeader, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ContactParam } from '../../contacts/contact.dto';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { readIdempotencyKey } from '../../platform/http/idempotency-key';
import { OptInRequestResponse, RequestOptInDto } from './opt-in.dto';
import { OptInService } from './opt-in.service';

@ApiTags('Contacts')
@Controller('contacts/:id/opt-in-requests')
export class OptInController {
  constructor(private readonly optIns: OptInService) {}

  /**
   * Asks the person to confirm, by a message with a link (double opt-in). Nothing is allowed before the person says yes. At most
   * once a day for an address and topic.
   */
  @Post()
  @Requires('contacts:manage')
  @HttpCode(202)
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Within a day, the same key gets the same answer.',
  })
  request(
    @From() caller: Caller,
    @Param() { id }: ContactParam,
    @Body() body: RequestOptInDto,
    @Req() { headers }: FastifyRequest,
  ): Promise<OptInRequestResponse> {
    const header = headers['idempotency-key'];
    return this.optIns.request(caller, id, body, header === undefined ? null : readIdempotencyKey(header));
  }
}
