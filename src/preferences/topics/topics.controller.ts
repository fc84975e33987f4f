import { Body, Controller, Delete, Get, HttpCode, Param, Put, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { PutTopicDto, TopicList, TopicParam, TopicResponse } from './topic.dto';
import { TopicsService } from './topics.service';

@ApiTags('Consent')
@Controller('topics')
export class TopicsController {
  constructor(private readonly topics: TopicsService) {}

  @Get()
  @Requires('contacts:read')
  list(@From() caller: Caller): Promise<TopicList> {
    return this.topics.list(caller);
  }

  @Get(':name')
  @Requires('contacts:read')
  get(@From() caller: Caller, @Param() { name }: TopicParam): Promise<TopicResponse> {
    return this.topics.get(caller, name);
  }

  /** Makes a topic (201), or puts this in the place of the one of that name (200). In force for the next dispatch. */
  @Put(':name')
  @Requires('contacts:manage')
  @ApiCreatedResponse({ type: TopicResponse })
  @ApiOkResponse({ type: TopicResponse })
  async put(
    @From() caller: Caller,
    @Param() { name }: TopicParam,
    @Body() body: PutTopicDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TopicResponse> {
    const { topic, isNew } = await this.topics.put(caller, name, body);
    reply.status(isNew ? 201 : 200);
    return topic;
  }

  /** Messages may still name it; then it has no defaults and is not critical. */
  @Delete(':name')
  @Requires('contacts:manage')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { name }: TopicParam): Promise<void> {
    return this.topics.remove(caller, name);
  }
}
