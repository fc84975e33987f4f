import { describe, expect, it } from '@jest/globals';
import { Problem } from './problem';
import { CATALOGUE, ERRORS_PAGE, type ConflictCode } from './problem.catalogue';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('Problem', () => {
  it('has the members of RFC 9457 with a type that leads to its row in docs/errors.md', () => {
    expect(Problem.invalidField('/to', 'must be a phone number').toBody('/messages', TRACE)).toEqual({
      type: `${ERRORS_PAGE}#invalid_field`,
      title: 'A field is not valid',
      status: 422,
      detail: 'One field is not valid.',
      instance: '/messages',
      code: 'invalid_field',
      errors: [{ pointer: '/to', message: 'must be a phone number' }],
      traceId: TRACE,
    });
  });

  it('leaves errors out when there are none, and never shows its cause', () => {
    const body = Problem.internal(new Error('password=hunter2')).toBody('/', TRACE);
    expect(body).not.toHaveProperty('errors');
    expect(JSON.stringify(body)).not.toContain('hunter2');
  });

  it('brings the headers that its status asks for', () => {
    expect(Problem.unauthorized().headers).toEqual({ 'WWW-Authenticate': 'Bearer' });
    expect(Problem.idempotencyInProgress()).toMatchObject({ status: 409, headers: { 'Retry-After': '1' } });
    expect(Problem.unavailable()).toMatchObject({ status: 503, headers: { 'Retry-After': '1' } });
    expect(Problem.rateLimited(7).headers).toEqual({ 'Retry-After': '7' });
    expect(Problem.methodNotAllowed(['GET', 'POST']).headers).toEqual({ Allow: 'GET, POST' });
  });

  it('answers 409 with every conflict code of the catalogue', () => {
    const conflicts = Object.entries(CATALOGUE).filter(([, { status }]) => status === 409);
    for (const [code] of conflicts)
      expect(Problem.conflict(code as ConflictCode, 'No.')).toMatchObject({ code, status: 409 });
  });
});
