import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { ReplaceUserPermissionsDto, UserParam, UserPermissionsResponse } from './user-permissions.dto';
import { UserPermissionsService } from './user-permissions.service';

@ApiTags('Access')
@Controller('users/:userId/permissions')
@Requires('access:manage')
export class UserPermissionsController {
  constructor(private readonly permissions: UserPermissionsService) {}

  /** What a user may do; nothing, until something is granted. */
  @Get()
  get(@From() caller: Caller, @Param() { userId }: UserParam): Promise<UserPermissionsResponse> {
    return this.permissions.get(caller, userId);
  }

  /** Replaces all permissions of a user; within a second every process goes by them. */
  @Put()
  replace(
    @From() caller: Caller,
    @Param() { userId }: UserParam,
    @Body() body: ReplaceUserPermissionsDto,
  ): Promise<UserPermissionsResponse> {
    return this.permissions.replace(caller, userId, body);
  }
}
