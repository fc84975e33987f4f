import { describe, expect, it } from '@jest/globals';
import { HttpException, NotFoundException } from '@nestjs/common';
import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { Problem } from './problem';
import { toProblem } from './problem.mapping';

function databaseError(code: string): QueryFailedError {
  const driverError = Object.assign(new DatabaseError('invalid input "secret"', 1, 'error'), { code });
  return new QueryFailedError('SELECT $1', ['secret'], driverError);
}

describe('toProblem', () => {
  it.each([
    ['22P02', 422, 'invalid_field'],
    ['22003', 422, 'invalid_field'],
    ['22007', 422, 'invalid_field'],
    ['22008', 422, 'invalid_field'],
    ['22021', 422, 'invalid_field'],
    ['22P05', 422, 'invalid_field'],
    ['54000', 422, 'invalid_field'],
    ['23505', 409, 'already_exists'],
    ['40001', 503, 'unavailable'],
    ['40P01', 503, 'unavailable'],
    ['55P03', 503, 'unavailable'],
    ['57014', 503, 'unavailable'],
    ['53300', 503, 'unavailable'],
    ['57P01', 503, 'unavailable'],
    ['08006', 503, 'unavailable'],
    ['42501', 500, 'internal'],
    ['23514', 500, 'internal'],
  ])('maps SQLSTATE %s to %i %s and keeps the error as cause only', (sqlState, status, code) => {
    const error = databaseError(sqlState);
    const problem = toProblem(error);
    expect(problem).toMatchObject({ status, code, cause: error });
    expect(JSON.stringify(problem.toBody('/', '0'))).not.toContain('secret');
    if (status === 503) expect(problem.headers).toEqual({ 'Retry-After': '1' });
  });

  it.each([
    'timeout exceeded when trying to connect',
    'Connection terminated unexpectedly',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
  ])('answers 503 when the pool says "%s"', (message) => {
    expect(toProblem(new Error(message))).toMatchObject({ status: 503 });
  });

  it('answers 503 when the database refuses the connection', () => {
    expect(toProblem(Object.assign(new AggregateError([]), { code: 'ECONNREFUSED' }))).toMatchObject({ status: 503 });
  });

  it('looks at the Fastify error that Nest wrapped before its status', () => {
    const cause = Object.assign(new Error('x'), { code: 'FST_ERR_CTP_INVALID_CONTENT_LENGTH' });
    expect(toProblem(new HttpException('x', 400, { cause }))).toMatchObject({ code: 'invalid_request' });
  });

  it('keeps the status of other exceptions of Nest, and none of their words', () => {
    const problem = toProblem(new NotFoundException('Cannot GET /secret'));
    expect(problem).toMatchObject({ status: 404, code: 'not_found', detail: 'There is no such path.' });
    expect(toProblem(new HttpException('teapot', 418))).toMatchObject({ status: 500 });
  });

  it('passes a Problem on, and makes 500 of everything unknown, errors or not', () => {
    const problem = Problem.forbidden('No.');
    expect(toProblem(problem)).toBe(problem);
    for (const thrown of [
      new TypeError('x'),
      'text',
      null,
      undefined,
      { code: '23505' },
      Object.assign(new Error('x'), { code: 'constructor' }),
    ])
      expect(toProblem(thrown)).toMatchObject({ status: 500 });
  });
});
