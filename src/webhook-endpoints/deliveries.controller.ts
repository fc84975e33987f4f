import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../platform/http/caller';
import { IdParam } from '../platform/http/id-param';
import { DeliveriesService } from './deliveries.service';
import {
  DeliveryPage,
  DeliveryParams,
  DeliveryQuery,
  DeliveryResponse,
  DeliveryWithAttempts,
  ReplayDto,
  ReplayResponse,
} from './delivery.dto';

@ApiTags('Webhook endpoints')
@Controller('webhook-endpoints/:id')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  /** Tells the endpoint an event of the type webhook_endpoint.test, in front of all that waits for it. */
  @Post('test')
  @Requires('webhooks:manage')
  @HttpCode(202)
  test(@From() caller: Caller, @Param() { id }: IdParam): Promise<DeliveryResponse> {
    return this.deliveries.test(caller, id);
  }

  /** What the endpoint was told and is to be told, newest first. */
  @Get('deliveries')
  @Requires('webhooks:read')
  list(@From() caller: Caller, @Param() { id }: IdParam, @Query() query: DeliveryQuery): Promise<DeliveryPage> {
    return this.deliveries.list(caller, id, query);
  }

  /** One delivery with every call that was made for it. */
  @Get('deliveries/:deliveryId')
  @Requires('webhooks:read')
  get(@From() caller: Caller, @Param() params: DeliveryParams): Promise<DeliveryWithAttempts> {
    return this.deliveries.get(caller, params);
  }

  /** Tells an event again, or at once where it waits. */
  @Post('deliveries/:deliveryId/retry')
  @Requires('webhooks:manage')
  @HttpCode(202)
  retry(@From() caller: Caller, @Param() params: DeliveryParams): Promise<DeliveryResponse> {
    return this.deliveries.retry(caller, params);
  }

  /** Tells all events since a moment again, and those that the endpoint missed; at most 10,000 with one request. */
  @Post('replay')
  @Requires('webhooks:manage')
  @HttpCode(202)
  replay(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: ReplayDto): Promise<ReplayResponse> {
    return this.deliveries.replay(caller, id, body);
  }
}
