import { isIP } from 'node:net';
import { Controller, Get, HttpCode, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Public } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { TokenBuckets } from '../../platform/http/token-buckets';
import { Confirmation } from './confirmation';
import { readForm, type PageForm } from './page-form';
import { PAGE_HEADERS } from './page.style';
import { PageFilter } from './page.filter';
import { ONE_CLICK, PAGE, PreferencePage, type Visit } from './page.service';
import { PageTokens, type PageLink } from './page-token';
import { choicesPage, confirmPage, type PageView } from './page.view';

/** A mailbox provider posts for many people from few addresses; who guesses tokens runs dry after 30 of them. */
const BUCKET = { capacity: 300, perSecond: 10 };
const COST = { known: 1, unknown: 10 };
const LONGEST_USER_AGENT = 300;

/** The page behind the links in our messages. Whoever has a link may use it: there is no login, no cookie and no script. */
@ApiExcludeController()
@Controller('p/:token')
@UseFilters(PageFilter)
export class PageController {
  private readonly buckets = new TokenBuckets(BUCKET);

  constructor(
    private readonly tokens: PageTokens,
    private readonly page: PreferencePage,
    private readonly confirmation: Confirmation,
  ) {}

  /** Shows, and never changes anything: mail scanners open every link before the person does. */
  @Get()
  @Public()
  async show(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const link = this.open(token, request);
    const view = { link, acceptLanguage: request.headers['accept-language'] };
    if (link.kind === 'manage') return send(reply, choicesPage({ ...view, state: await this.page.show(link) }));
    const { state, isAnswered } = await this.confirmation.ask(link);
    return send(reply, confirmPage({ ...view, state, ...(isAnswered && { notice: 'alreadyConfirmed' }) }));
  }

  /** Does what one of the page's buttons says, or what a mailbox provider asks for in the person's name (RFC 8058). */
  @Post()
  @Public()
  @HttpCode(200)
  async post(@Param('token') token: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const link = this.open(token, request);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const form = await readForm(request.headers['content-type'], body);
    const done = await this.act({ link, visitor: visitorOf(request) }, form);
    const view = { link, acceptLanguage: request.headers['accept-language'], ...done };
    return send(reply, link.kind === 'manage' ? choicesPage(view) : confirmPage(view));
  }

  /** Throws Problem 422 for a deed that this kind of link does not allow. */
  private async act(visit: Visit, form: PageForm): Promise<Pick<PageView, 'state' | 'notice'>> {
    if (visit.link.kind === 'confirm' && form.deed === 'confirm') {
      const { state, isAnswered } = await this.confirmation.confirm(visit);
      return { state, notice: isAnswered ? 'alreadyConfirmed' : 'confirmed' };
    }
    if (visit.link.kind === 'manage' && form.deed === 'save')
      return { state: await this.page.save(visit, form.choices), notice: 'saved' };
    if (visit.link.kind === 'manage' && form.deed !== 'confirm') {
      const source = form.deed === 'one-click' ? ONE_CLICK : PAGE;
      return { state: await this.page.unsubscribe(visit, source), notice: 'unsubscribed' };
    }
    throw Problem.invalidField('/do', 'is not what this link is for');
  }

  /** Throws Problem 404 for whatever we did not seal, 429 for too many from one place. */
  private open(token: string, { ip }: FastifyRequest): PageLink {
    const link = this.tokens.open(token);
    this.buckets.take(ip, link ? COST.known : COST.unknown);
    if (!link) throw Problem.notFound('page');
    return link;
  }
}

function visitorOf({ ip, headers }: FastifyRequest): Visit['visitor'] {
  return { ip: isIP(ip) ? ip : null, userAgent: headers['user-agent']?.slice(0, LONGEST_USER_AGENT) ?? null };
}

async function send(reply: FastifyReply, page: string): Promise<void> {
  await reply.headers(PAGE_HEADERS).send(page);
}
