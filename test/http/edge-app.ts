import { Body, Controller, Delete, Get, Module, Param, Post, Query, Req } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsOptional, IsString, Max, ValidateNested } from 'class-validator';
import type { IncomingMessage } from 'node:http';
import { IsPlainText, IsUuid } from '../../src/platform/http/fields';
import { addPageLink } from '../../src/platform/http/page-link';
import { keysetPage, type Page, PageQuery } from '../../src/platform/http/page';
import { ProblemFilter } from '../../src/platform/http/problem.filter';
import { registerBodyParsers } from '../../src/platform/http/body-parsers';
import { allowSlowBody, serverOptions } from '../../src/platform/http/server-options';
import { validationPipe } from '../../src/platform/http/validation';

class Media {
  @IsString()
  url: string;
}

class Content {
  @IsOptional()
  @ValidateNested()
  @Type(() => Media)
  media?: Media;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => Media)
  buttons?: Media[];
}

class ThingBody {
  @IsPlainText(20)
  name: string;

  @IsOptional()
  @IsInt()
  @Max(100)
  size?: number;

  @IsOptional()
  @IsBoolean()
  isBig?: boolean;

  @IsOptional()
  @ValidateNested()
  @Type(() => Content)
  content?: Content;
}

class ThingPath {
  @IsUuid()
  id: string;
}

class ThingQuery extends PageQuery {
  @IsOptional()
  @IsPlainText(20)
  search?: string;
}

@Controller('api/things')
class ThingController {
  @Post()
  create(@Body() body: ThingBody): ThingBody {
    return body;
  }

  @Get()
  list(@Query() query: ThingQuery): Page<number> {
    return keysetPage([1, 2, 3, 4], Math.min(query.limit, 3), String);
  }

  @Get('boom')
  fail(): never {
    throw new Error('password=hunter2');
  }

  @Get(':id')
  read(@Param() { id }: ThingPath): ThingPath {
    return { id };
  }

  @Delete(':id')
  remove(@Body() body: unknown): { hasBody: boolean } {
    return { hasBody: body !== undefined };
  }

  @Post(':id/start')
  start(): { started: boolean } {
    return { started: true };
  }
}

@Controller('api/raw')
class RawController {
  @Post('bytes')
  bytes(@Body() body: Buffer): { hex: string } {
    return { hex: body.toString('hex') };
  }

  @Post('stream')
  async stream(@Req() { body }: { body: IncomingMessage }): Promise<{ length: number }> {
    let length = 0;
    for await (const chunk of body) length += (chunk as Buffer).length;
    return { length };
  }

  @Post('stream/slow')
  slow(@Req() request: { body: IncomingMessage }): Promise<{ length: number }> {
    allowSlowBody(request.body, 1000);
    return this.stream(request);
  }

  @Post('list')
  list(@Body() body: unknown[]): { items: number } {
    return { items: body.length };
  }
}

@Module({ controllers: [ThingController, RawController] })
class EdgeModule {}

export interface EdgeApp {
  app: NestFastifyApplication;
  port: number;
  /** What the filter logged. */
  logged: { fields: object; message: string }[];
}

/** A real server with the parsers, the pipe and the filter of ours, and two controllers to knock at. */
export async function startEdgeApp(): Promise<EdgeApp> {
  const logged: EdgeApp['logged'] = [];
  const note = (fields: object, message: string) => void logged.push({ fields, message });
  const log = { error: note, warn: note };
  const adapter = new FastifyAdapter(serverOptions(log, 1000));
  const app = await NestFactory.create<NestFastifyApplication>(EdgeModule, adapter, {
    bodyParser: false,
    logger: false,
  });
  registerBodyParsers(app.getHttpAdapter().getInstance(), [
    { prefix: '/api/raw/bytes', as: 'bytes', limitBytes: 1000 },
    { prefix: '/api/raw/stream', as: 'stream', limitBytes: 0 },
    { prefix: '/api/raw/list', as: 'json', limitBytes: 10_000, allowArray: true },
  ]);
  app.useGlobalPipes(validationPipe());
  app.useGlobalFilters(new ProblemFilter(log));
  adapter.getInstance().addHook('preSerialization', addPageLink);
  await app.listen(0, '127.0.0.1');
  const address = app.getHttpServer().address() as { port: number };
  return { app, port: address.port, logged };
}
