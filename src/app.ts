import type { IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppModule } from './app.module';
import type { Config } from './config';
import { completeDocument } from './openapi-document';
import { registerBodyParsers, type BodyRule } from './platform/http/body-parsers';
import { addPageLink } from './platform/http/page-link';
import { Problem } from './platform/http/problem';
import { serverOptions } from './platform/http/server-options';
import { traceOf } from './platform/http/trace';
import { log } from './platform/log';
import { httpDuration } from './platform/metrics';
import { NestLog } from './platform/nest-log';
import type { Resources } from './platform/platform.module';

export const API_PREFIX = 'api/v1/communication';

const HEALTH = ['health/live', 'health/ready', 'metrics'];
const OUTSIDE_PREFIX = [...HEALTH, 'p/:token', 't/:token', 't/o/:file'];

/** Bodies that are not JSON of at most 1 MB. */
const BODY_RULES: readonly BodyRule[] = [
  { prefix: `/${API_PREFIX}/webhooks/`, as: 'bytes', limitBytes: 10_000_000 },
  { prefix: `/${API_PREFIX}/event-sources/:sourceKey`, as: 'bytes', limitBytes: 1_000_000 },
  { prefix: `/${API_PREFIX}/attachments`, as: 'stream', limitBytes: 0 },
  { prefix: `/${API_PREFIX}/contact-imports`, as: 'stream', limitBytes: 0 },
  { prefix: `/${API_PREFIX}/bulk-send/:id/recipients`, as: 'stream', limitBytes: 0 },
  { prefix: `/${API_PREFIX}/bulk-send`, as: 'json', limitBytes: 10_000_000 },
  { prefix: '/p/', as: 'bytes', limitBytes: 100_000 },
];

/** The application, ready to listen. Opens no connection itself: the pools come in. */
export async function createApp(resources: Resources): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({ ...serverOptions(log), ...trustedProxies(resources.config) });
  registerBodyParsers(adapter.getInstance(), BODY_RULES);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(resources), adapter, {
    bodyParser: false,
    logger: new NestLog(log),
    abortOnError: false,
  });
  app.setGlobalPrefix(API_PREFIX, { exclude: OUTSIDE_PREFIX });
  if (resources.config.ROLE === 'worker') serveOnlyHealth(adapter);
  addHooks(adapter);
  SwaggerModule.setup('docs', app, () => openApi(app), { jsonDocumentUrl: 'docs-json' });
  return app;
}

/** Whose word counts for where a request came from. Without any it is whoever opened the connection. */
function trustedProxies({ TRUSTED_PROXIES }: Config): { trustProxy?: string[] } {
  return TRUSTED_PROXIES === undefined ? {} : { trustProxy: TRUSTED_PROXIES.split(',').map((each) => each.trim()) };
}

/** The description of the API, OpenAPI 3.1. */
export function openApi(app: NestFastifyApplication): OpenAPIObject {
  const document = new DocumentBuilder()
    .setTitle('Carillon')
    .setDescription('Multi-channel messaging: one API over the provider accounts that a company already has.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      description: 'An API key, or an access token of the issuer that the server trusts',
    })
    .addSecurityRequirements('bearer')
    .build();
  const described = SwaggerModule.createDocument(app, document, { operationIdFactory: operationId });
  return completeDocument(described, (path) => !path.startsWith(`/${API_PREFIX}/`) || path.includes('/webhooks/'));
}

/** A worker sends; it answers only those who look after it. */
function serveOnlyHealth(adapter: FastifyAdapter): void {
  const served = HEALTH.map((path) => `/${path}`);
  adapter.getInstance().addHook('onRequest', async (request: FastifyRequest) => {
    if (!served.includes(request.routeOptions.url ?? '')) throw Problem.notFound('path');
  });
}

function addHooks(adapter: FastifyAdapter): void {
  const fastify = adapter.getInstance();
  fastify.addHook('preSerialization', addPageLink);
  fastify.addHook('onSend', (request: FastifyRequest, reply: FastifyReply, body, done) => {
    reply
      .header('x-content-type-options', 'nosniff')
      .header('x-request-id', traceOf(request.raw as IncomingMessage).requestId);
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
    done(null, body);
  });
  fastify.addHook('onResponse', (request: FastifyRequest, reply: FastifyReply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const status = `${Math.floor(reply.statusCode / 100)}xx`;
    httpDuration.observe({ method: request.method, route, status }, reply.elapsedTime / 1000);
    const fields = {
      method: request.method,
      route,
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    };
    log.debug({ ...fields, requestId: request.id }, 'request');
    done();
  });
}

/** `MessagesController.send` becomes `messagesSend`: the name of a method in generated clients. */
function operationId(controller: string, method: string): string {
  const noun = controller.replace(/Controller$/, '');
  return `${noun.charAt(0).toLowerCase()}${noun.slice(1)}${method.charAt(0).toUpperCase()}${method.slice(1)}`;
}
