import { describe, expect, it } from '@jest/globals';
import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { Problem } from './http/problem';
import { createLog, type Log } from './log';
import { NestLog } from './nest-log';

const CANARIES = ['s3cr3t-canary', 'ada.lovelace@example.com', '+14155552671', 'Dear Ada, your code is'];

function capture(): { log: Log; text: () => string; lines: () => Record<string, unknown>[] } {
  const written: string[] = [];
  const log = createLog('trace', { write: (line: string) => void written.push(line) });
  return {
    log,
    text: () => written.join(''),
    lines: () => written.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** Shapes in which a secret may come along; what stands in an allowed field is ours to choose and not among them. */
function disguises(canary: string): unknown[] {
  const error = Object.assign(new Error(canary), {
    detail: canary,
    query: canary,
    parameters: [canary],
    config: { token: canary },
  });
  const driverError = Object.assign(new DatabaseError(`Key (email)=(${canary})`, 1, 'error'), {
    detail: canary,
    code: '23505',
  });
  return [
    { to: canary, body: { text: canary }, headers: { authorization: canary }, credentials: [canary] },
    { tenantId: { nested: canary }, status: [canary], count: () => canary },
    { err: error },
    { err: new Error(`first line\n    at ${canary}:1:1`) },
    { err: new Error('outer', { cause: new Error(canary, { cause: canary }) }) },
    { err: new AggregateError([error], canary) },
    { err: new QueryFailedError('SELECT $1', [canary], driverError) },
    { err: Object.assign(new Error('x'), { code: `${canary} `, name: canary, stack: canary }) },
    { err: canary },
    { err: { message: canary } },
    error,
    { err: new SyntaxError(`Unexpected token in ${canary}`) },
    { err: Problem.internal(new Error(canary)) },
    { toJSON: () => ({ to: canary }) },
  ];
}

describe('the log', () => {
  it.each(CANARIES)('never writes %s, wherever it is put', (canary) => {
    const { log, text, lines } = capture();
    for (const disguise of disguises(canary)) {
      log.error(disguise as object);
      log.warn(disguise as object, 'words');
      log.info(disguise as object, 'words %s %o', canary, { canary });
    }
    log.info('words %s', canary);
    expect(lines().length).toBeGreaterThan(40);
    expect(text().includes(canary)).toBe(false);
  });

  it.each(CANARIES)('never writes %s for Nest either', (canary) => {
    const { log, text } = capture();
    const nest = new NestLog(log);
    const error = new Error(canary);
    for (const level of ['log', 'error', 'warn', 'debug', 'verbose', 'fatal'] as const) {
      nest[level](error, 'ExceptionsHandler');
      nest[level]({ to: canary }, 'Context');
      nest[level]('Cannot start', error.stack, 'Context');
    }
    expect(text().includes(canary)).toBe(false);
  });

  it('writes the fields of the list with their time, level and words', () => {
    const { log, lines } = capture();
    log.warn({ tenantId: 't1', messageId: 'm1', count: 3, status: null, to: 'x' }, 'took over');
    expect(lines()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        tenantId: 't1',
        messageId: 'm1',
        count: 3,
        status: null,
        msg: 'took over',
      },
    ]);
  });

  it('describes an error by type, code, names and frames', () => {
    const { log, lines } = capture();
    const driverError = Object.assign(new DatabaseError('x', 1, 'error'), {
      code: '23505',
      constraint: 'message_pkey',
      table: 'message',
    });
    log.error({ err: new QueryFailedError('SELECT', [], driverError) }, 'failed');
    expect(lines()[0]).toMatchObject({
      err: {
        type: 'QueryFailedError',
        code: '23505',
        frames: expect.arrayContaining([expect.stringContaining('log.spec.ts:')]),
        cause: { type: 'DatabaseError', code: '23505', constraint: 'message_pkey', table: 'message' },
      },
    });
  });

  it('keeps the message of a Problem, which is written for strangers', () => {
    const { log, lines } = capture();
    log.warn({ err: Problem.forbidden('This key lacks the permission x.') }, 'refused');
    expect(lines()[0]).toMatchObject({ err: { type: 'Problem', message: 'This key lacks the permission x.' } });
  });

  it('keeps a line a line and the terminal untouched', () => {
    const { log, text, lines } = capture();
    log.info({ reason: 'a\r\nlevel=fatal\u001b[2J\u009b2J\u2028\u202e' }, 'x\r\ny\u001b[2J');
    expect(text().trimEnd()).toMatch(/^[\x20-\x7e]*$/);
    expect(lines()[0]).toMatchObject({ reason: 'a\\u000d\\u000alevel=fatal\\u001b[2J\\u009b2J\\u2028\\u202e' });
  });

  it('masks addresses in the words, and prints per cent signs as they are', () => {
    const { log, lines } = capture();
    log.info('sent to ada@example.com, 100 %s done');
    expect(lines()[0]).toMatchObject({ msg: 'sent to a•••@example.com, 100 %s done' });
  });

  it('carries what Nest says with the class that says it', () => {
    const { log, lines } = capture();
    new NestLog(log).log('Mapped {/health, GET} route', 'RouterExplorer');
    expect(lines()[0]).toMatchObject({ level: 'debug', context: 'RouterExplorer', msg: 'Mapped {/health, GET} route' });
  });
});
