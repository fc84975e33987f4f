import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiHeader, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../platform/http/caller';
import { Exchange, type Exchanged } from '../platform/http/exchange';
import { IdParam } from '../platform/http/id-param';
import { replay } from '../platform/http/idempotency.interceptor';
import { CannedRepliesService } from '../sessions/canned-replies/canned-replies.service';
import { SessionsService } from '../sessions/sessions.service';
import { MessageActions } from './reading/message-actions';
import { messageLocation } from './accept/message-keys';
import {
  DeadLetterQuery,
  MessageQuery,
  ReplayDto,
  ReplayResponse,
  SessionMessagesQuery,
} from './reading/message-query.dto';
import { MessageReader } from './reading/message-reader';
import {
  AcceptedMessage,
  DryRunResponse,
  MessagePage,
  MessageResponse,
  MessageWithTimeline,
  WhyResponse,
} from './reading/message-response.dto';
import { withCannedReply } from './accept/canned-reply';
import { DryRun } from './accept/dry-run';
import { ReplyDto, SendMessageDto, SendQuery } from './accept/message.dto';
import { withoutNulls } from './accept/without-nulls';
import { MessagesService, type SendAnswer } from './accept/messages.service';
import { RecurringMessages, scheduleLocation } from './schedules/recurring-messages.service';
import { requestKey } from './accept/request-key';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  required: false,
  description:
    '1 to 255 visible ASCII characters; the same key and request get the same answer for 48 hours, and one effect.',
};

@ApiTags('Messages')
@Controller()
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly trial: DryRun,
    private readonly reader: MessageReader,
    private readonly actions: MessageActions,
    private readonly sessions: SessionsService,
    private readonly recurring: RecurringMessages,
    private readonly replies: CannedRepliesService,
  ) {}

  /**
   * Sends a message. 202 means that it is stored durably; what becomes of it, GET /messages/{id} tells. With `dryRun=true`
   * nothing is stored: 200 tells what would happen, with the rendered words, parts and cost. With `recurrence` it becomes a
   * schedule that sends a message at each of its times: `id` and `Location` are those of the schedule (/scheduled-messages).
   */
  @Post('messages')
  @Requires('messages:send')
  @HttpCode(202)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiAcceptedResponse({ type: AcceptedMessage })
  @ApiOkResponse({ type: DryRunResponse, description: 'What would happen (dryRun=true)' })
  async send(
    @From() caller: Caller,
    @Query() { dryRun }: SendQuery,
    @Body() body: SendMessageDto,
    @Exchange() { request, reply }: Exchanged,
  ): Promise<AcceptedMessage | DryRunResponse> {
    if (dryRun) {
      reply.status(200);
      return this.trial.show(caller, withoutNulls(body));
    }
    const input = withoutNulls(body);
    if (input.recurrence === undefined)
      return answer(await this.messages.send(caller, input, requestKey(request)), reply);
    return answer(await this.recurring.create(caller, input, requestKey(request)), reply, scheduleLocation);
  }

  @Get('messages')
  @Requires('messages:read')
  list(@From() caller: Caller, @Query() query: MessageQuery): Promise<MessagePage> {
    return this.reader.list(caller, query);
  }

  /** A message and everything that happened to it. */
  @Get('messages/:id')
  @Requires('messages:read')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<MessageWithTimeline> {
    return this.reader.get(caller, id);
  }

  /** Why it stands where it stands, and what would change that. */
  @Get('messages/:id/why')
  @Requires('messages:read')
  why(@From() caller: Caller, @Param() { id }: IdParam): Promise<WhyResponse> {
    return this.reader.why(caller, id);
  }

  /** Calls a message back that no worker has yet. */
  @Post('messages/:id/cancel')
  @Requires('messages:send')
  @HttpCode(200)
  cancel(@From() caller: Caller, @Param() { id }: IdParam): Promise<MessageResponse> {
    return this.actions.cancel(caller, id);
  }

  /** Another attempt for a message that failed, expired, was suppressed or is in doubt. */
  @Post('messages/:id/retry')
  @Requires('messages:send')
  @HttpCode(202)
  retry(@From() caller: Caller, @Param() { id }: IdParam): Promise<MessageResponse> {
    return this.actions.retry(caller, id);
  }

  @Get('sessions/:id/messages')
  @Requires('messages:read')
  ofSession(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Query() query: SessionMessagesQuery,
  ): Promise<MessagePage> {
    return this.reader.ofSession(caller, id, query);
  }

  /** Answers in a conversation that is open. */
  @Post('sessions/:id/messages')
  @Requires('messages:send')
  @HttpCode(202)
  @ApiHeader(IDEMPOTENCY_KEY)
  async reply(
    @From() caller: Caller,
    @Param() { id }: IdParam,
    @Body() body: ReplyDto,
    @Exchange() { request, reply }: Exchanged,
  ): Promise<AcceptedMessage> {
    const session = await this.sessions.answerable(caller, id);
    const input = await withCannedReply(this.replies, caller, session, withoutNulls(body));
    return answer(await this.messages.reply(caller, session, input, requestKey(request)), reply);
  }

  /** Messages that were given up, newest first. They are never deleted by themselves. */
  @Get('dead-letters')
  @Requires('messages:read')
  deadLetters(@From() caller: Caller, @Query() query: DeadLetterQuery): Promise<MessagePage> {
    return this.reader.deadLetters(caller, query);
  }

  /** Sends dead letters again, by id or by filter. May be repeated without harm. */
  @Post('dead-letters/replay')
  @Requires('messages:send')
  @HttpCode(202)
  replay(@From() caller: Caller, @Body() body: ReplayDto): Promise<ReplayResponse> {
    return this.actions.replay(caller, body);
  }
}

function answer(sent: SendAnswer, reply: FastifyReply, locate = messageLocation): AcceptedMessage {
  // A stored answer goes out as the very bytes of the first; its text is what the type says.
  if ('before' in sent) return replay(reply, sent.before, sent.before.fingerprint) as unknown as AcceptedMessage;
  reply.header('location', locate(sent.fresh.id));
  return sent.fresh;
}
