import { Controller, Get, Headers, Param, Post, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RawPersonalData } from '../../permissions/personal-data/raw';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { AttachByUrlDto, AttachmentResponse } from './attachment.dto';
import { dispositionOf } from './attachment-name';
import { AttachmentsService } from './attachments.service';

const FILE_SCHEMA = { type: 'string' as const, format: 'binary' };

/** The two kinds of body that an upload may have. */
const UPLOADS = {
  required: true,
  content: {
    'multipart/form-data': {
      schema: { type: 'object' as const, required: ['file'], properties: { file: FILE_SCHEMA } },
    },
    'application/json': { schema: { $ref: getSchemaPath(AttachByUrlDto) } },
  },
};

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
   * Takes one file of at most 10 MB: in the form field `file`, or as JSON with the https address from which it is fetched
   * at once. Images, PDF, office documents, zip, audio, video and text in UTF-8 are taken; HTML, SVG, scripts and
   * executables are not. Bytes that were uploaded before are kept once. An Idempotency-Key is not honoured: a second
   * upload makes a second attachment, which nobody is sent until a message names it.
   */
  @Post()
  @Requires('messages:send')
  @ApiExtraModels(AttachByUrlDto)
  @ApiOperation({ requestBody: UPLOADS })
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

  /** The file itself, always as a download; one range of it, where a Range header asks for that. */
  @Get(':id/content')
  @Requires('messages:read')
  @RawPersonalData()
  @ApiHeader({ name: 'Range', required: false, description: 'bytes=0-499, bytes=500- or bytes=-500' })
  @ApiOkResponse({ content: { 'application/octet-stream': { schema: FILE_SCHEMA } } })
  async content(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Headers('range') wanted: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    const { content, contentType, filename, size, range } = await this.attachments.content(caller, id, wanted);
    reply.headers({ ...SAFE_TO_OPEN, 'accept-ranges': 'bytes' });
    if (range) reply.status(206).header('content-range', `bytes ${range.from}-${range.to - 1}/${size}`);
    return new StreamableFile(content, {
      type: contentType.startsWith('text/') ? `${contentType}; charset=utf-8` : contentType,
      disposition: dispositionOf(filename),
      length: range ? range.to - range.from : size,
    });
  }
}
