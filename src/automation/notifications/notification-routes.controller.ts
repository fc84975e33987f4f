import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, OnEveryChannelType, Requires, type Caller } from '../../platform/http/caller';
import { PutRouteDto, RouteParam, RouteResponse } from './notification-route.dto';
import { NotificationRoutesService } from './notification-routes.service';

/** An event that is called as a topic notifies whom it is about; here stands how. */
@ApiTags('Automation')
@Controller('notification-routes')
@OnEveryChannelType()
export class NotificationRoutesController {
  constructor(private readonly routes: NotificationRoutesService) {}

  @Get(':topic')
  @Requires('automation:read')
  get(@From() caller: Caller, @Param() { topic }: RouteParam): Promise<RouteResponse> {
    return this.routes.get(caller, topic);
  }

  /** In the place of what was there; in force for the next event. */
  @Put(':topic')
  @Requires('automation:manage')
  put(@From() caller: Caller, @Param() { topic }: RouteParam, @Body() body: PutRouteDto): Promise<RouteResponse> {
    return this.routes.put(caller, topic, body);
  }
}
