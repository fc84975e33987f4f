import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { From, Requires, type Caller } from '../../platform/http/caller';
import { IdParam } from '../../platform/http/id-param';
import { PageQuery } from '../../platform/http/page';
import { ApiKeyPage, CreateApiKeyDto, CreatedApiKeyResponse } from './api-key.dto';
import { ApiKeysService } from './api-keys.service';

@ApiTags('Access')
@Controller('api-keys')
@Requires('access:manage')
export class ApiKeysController {
  constructor(private readonly keys: ApiKeysService) {}

  /**
   * Makes a key, with no more permissions than the calling key has. The answer is the only place where it is ever shown.
   * An Idempotency-Key is not honoured here: repeating the answer would mean to store the key.
   */
  @Post()
  create(@From() caller: Caller, @Body() body: CreateApiKeyDto): Promise<CreatedApiKeyResponse> {
    return this.keys.create(caller, body);
  }

  /** All keys, newest first, revoked ones too; never the keys themselves. */
  @Get()
  list(@From() caller: Caller, @Query() query: PageQuery): Promise<ApiKeyPage> {
    return this.keys.list(caller, query);
  }

  /** Revokes a key: within a second no process accepts it any more. A key cannot revoke itself. */
  @Delete(':id')
  @HttpCode(204)
  revoke(@From() caller: Caller, @Param() { id }: IdParam): Promise<void> {
    return this.keys.revoke(caller, id);
  }
}
