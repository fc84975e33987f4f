import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TrackTokens, type TrackMark } from '../messages/tracking/track-tokens';
import { Public } from '../platform/http/caller';
import { Problem } from '../platform/http/problem';
import { TokenBuckets } from '../platform/http/token-buckets';
import { PageFilter } from '../preferences/page/page.filter';
import { Hits } from './hits';
import { isMachine } from './robots';

/** Of links that we did not make. Those that we made are not limited: mailboxes fetch for many people from few addresses. */
const GUESSES = { capacity: 30, perSecond: 1 };

/** The address holds a secret, and the next one to ask is to be noticed too. */
const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
};

/** The smallest GIF there is: one pixel, transparent. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

/** What tracked links and the pictures in tracked messages lead to. Whoever has an address may use it. */
@ApiExcludeController()
@Controller('t')
@UseFilters(PageFilter)
export class TrackController {
  private readonly guesses = new TokenBuckets(GUESSES);

  constructor(
    private readonly tokens: TrackTokens,
    private readonly hits: Hits,
  ) {}

  /** Sends the person on to where the link led when it was written. */
  @Get(':token')
  @Public()
  async follow(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const mark = this.open('click', token, request);
    await this.note(mark, request);
    await reply
      .status(302)
      .headers({ ...HEADERS, location: mark.target })
      .send();
  }

  @Get('o/:file')
  @Public()
  async picture(
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const mark = this.open('open', /^(.+)\.gif$/.exec(file)?.[1] ?? '', request);
    await this.note(mark, request);
    await reply.headers({ ...HEADERS, 'content-type': 'image/gif' }).send(PIXEL);
  }

  /** Throws Problem 404 for whatever we did not make for this purpose, 429 for too many of those from one place. */
  private open<Kind extends TrackMark['kind']>(kind: Kind, token: string, { ip }: FastifyRequest) {
    const mark = this.tokens.open(token);
    if (mark && isOfKind(mark, kind)) return mark;
    this.guesses.take(ip);
    throw Problem.notFound('page');
  }

  /** HEAD asks what is there, and does not go there. */
  private async note(mark: TrackMark, { method, headers }: FastifyRequest): Promise<void> {
    if (method === 'HEAD') return;
    await this.hits.note({ mark, isByMachine: isMachine(headers), cameAt: performance.now() });
  }
}

function isOfKind<Kind extends TrackMark['kind']>(
  mark: TrackMark,
  kind: Kind,
): mark is Extract<TrackMark, { kind: Kind }> {
  return mark.kind === kind;
}
