import { Controller, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { RecipientUploadQuery, RecipientUploadResponse } from './recipient-upload.dto';
import { RecipientUploads } from './recipient-uploads.service';

const TEXT = { type: 'string' } as const;
const ITEM = {
  type: 'object',
  properties: { to: TEXT, contactId: TEXT, externalId: TEXT, variables: { type: 'object' } },
} as const;

@ApiTags('Campaigns')
@Controller('bulk-send')
export class RecipientUploadsController {
  constructor(private readonly uploads: RecipientUploads) {}

  /**
   * Adds recipients to a DRAFT: a CSV file of at most 1 GB, as the body itself (text/csv) or in the form field `file`, or a JSON
   * list of at most 10,000. Each names one of to, contactId and externalId; every other column of a file is a variable. Rows are
   * stored as they come, an address once a bulk send, so an upload that broke off is sent again as it is. An Idempotency-Key is
   * not honoured.
   */
  @Post(':id/recipients')
  @Requires('campaigns:manage')
  @HttpCode(200)
  @ApiConsumes('text/csv', 'multipart/form-data', 'application/json')
  @ApiBody({ schema: { oneOf: [TEXT, { type: 'array', items: ITEM }] } })
  add(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Query() { delimiter = 'auto' }: RecipientUploadQuery,
    @Req() request: FastifyRequest,
  ): Promise<RecipientUploadResponse> {
    return this.uploads.add(caller, id, { request: request.raw, delimiter });
  }
}
