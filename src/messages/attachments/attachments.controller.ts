import { Controller, Get, Param, Post, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RawPersonalData } from '../../permissions/personal-data/raw';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { AttachmentResponse } from './attachment.dto';
import { dispositionOf } from './attachment-name';
import { AttachmentsService } from './attachments.service';

const FILE_SCHEMA = { type: 'string', format: 'binary' } as const;

/** Whatever the file holds, a browser saves it; were it opened all the same, it could run nothing and reach nothing. */
const SAFE_TO_OPEN = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cache-control': 'private, no-store',
} as const;

@ApiTags('Attachments')
@Controller('attachments')
export class AttachmentsController {
  constructor(private readonly attachments: AttachmentsService) {}

  /**
   * Takes one file of at most 10 MB in the form field `file`. Images, PDF, office documents, zip, audio, video and text in
   * UTF-8 are taken; HTML, SVG, scripts and executables are not. An Idempotency-Key is not honoured: a second upload makes
   * a second file, which nobody is sent until a message names it.
   */
  @Post()
  @Requires('messages:send')
  @ApiConsumes('multipart/form-data')
  @ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: FILE_SCHEMA } } })
  async upload(
    @From() caller: Caller,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AttachmentResponse> {
    const attachment = await this.attachments.upload(caller, request.raw);
    reply.header('location', `/api/v1/communication/attachments/${attachment.id}`);
    return attachment;
  }

  @Get(':id')
  @Requires('messages:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<AttachmentResponse> {
    return this.attachments.get(caller, id);
  }

  /** The file itself, always as a download. */
  @Get(':id/content')
  @Requires('messages:read')
  @RawPersonalData()
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: FILE_SCHEMA } } })
  async content(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { content, contentType, filename } = await this.attachments.content(caller, id);
    reply.headers(SAFE_TO_OPEN);
    return new StreamableFile(content, {
      type: contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType,
      disposition: dispositionOf(filename),
      length: content.length,
    });
  }
}
