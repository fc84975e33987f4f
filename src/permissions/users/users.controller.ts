import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { Idempotent } from '../../platform/http/idempotent';
import { CreateUserDto, UpdateUserDto, UserPage, UserQuery, UserResponse } from './user.dto';
import { UsersService } from './users.service';

@ApiTags('Access')
@Controller('users')
@Requires('access:manage')
export class UsersController {
  constructor(private readonly users: UsersService) {}

  /** Makes somebody a member of the tenant. A new user may do nothing: see PUT /users/{userId}/permissions. */
  @Post()
  @Idempotent()
  create(@From() caller: Caller, @Body() body: CreateUserDto): Promise<UserResponse> {
    return this.users.create(caller, body);
  }

  /** The members of the tenant, newest first. */
  @Get()
  list(@From() caller: Caller, @Query() query: UserQuery): Promise<UserPage> {
    return this.users.list(caller, query);
  }

  @Get(':id')
  get(@From() caller: Caller, @Param() { id }: IdParam): Promise<UserResponse> {
    return this.users.get(caller, id);
  }

  /** Changes what is named. Within a second a disabled user is let in by no process. No user disables itself. */
  @Patch(':id')
  update(@From() caller: Caller, @Param() { id }: IdParam, @Body() body: UpdateUserDto): Promise<UserResponse> {
    return this.users.update(caller, id, body);
  }

  /** Removes a member, with all permissions; keys that act for the user work no more. No user removes itself. */
  @Delete(':id')
  @HttpCode(204)
  remove(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.users.remove(caller, id);
  }
}
