import { Readable } from 'node:stream';
import { StreamableFile, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { lastValueFrom, of } from 'rxjs';
import { PersonalDataInterceptor } from './personal-data.interceptor';
import { RawPersonalData } from './raw';

class Routes {
  plain(): void {}

  @RawPersonalData()
  raw(): void {}
}

/** What the interceptor makes of an answer to a caller with these permissions. */
function answer(given: unknown, { scopes = ['messages:read'], route = 'plain' as 'plain' | 'raw', type = '' } = {}) {
  const request = { caller: { keyId: 'k', scopes, channelTypes: null }, routeOptions: { url: '/x' }, query: {} };
  const context = {
    getHandler: () => Routes.prototype[route],
    getClass: () => Routes,
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => ({ getHeader: () => type }) }),
  } as unknown as ExecutionContext;
  const handle = () => of(given);
  return (async () => lastValueFrom(new PersonalDataInterceptor(new Reflector()).intercept(context, { handle })))();
}

const REFUSED = { status: 403, detail: expect.stringContaining('contacts:pii') };

describe('answers without contacts:pii', () => {
  it('are masked as values and as JSON text', async () => {
    expect(await answer({ __proto__: null, name: 'Ada' })).toEqual({ name: '•••' });
    expect(await answer('{"name":"Ada"}', { type: 'application/json; charset=utf-8' })).toBe('{"name":"•••"}');
    expect(await answer(undefined)).toBeUndefined();
  });

  it.each([
    ['a file', () => new StreamableFile(Buffer.from('Ada'))],
    ['bytes', () => Buffer.from('Ada')],
    ['a stream', () => Readable.from(['Ada'])],
    ['text that is no JSON', () => 'Ada'],
  ])('are refused when they are %s, though nobody marked the route', async (_, make) => {
    await expect(answer(make())).rejects.toMatchObject(REFUSED);
    expect(await answer(make(), { scopes: ['*'] })).toBeDefined();
  });

  it('are refused before anything happens on a route that is marked', async () => {
    await expect(answer({}, { route: 'raw' })).rejects.toMatchObject(REFUSED);
    expect(await answer({}, { route: 'raw', scopes: ['contacts:pii'] })).toEqual({});
  });
});
