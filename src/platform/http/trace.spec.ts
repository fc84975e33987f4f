import { describe, expect, it } from '@jest/globals';
import type { IncomingMessage } from 'node:http';
import { traceOf } from './trace';

const request = (headers: Record<string, string>): IncomingMessage => ({ headers }) as unknown as IncomingMessage;
const ID = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('traceOf', () => {
  it('takes the trace id of a valid traceparent, of later versions too', () => {
    expect(traceOf(request({ traceparent: `00-${ID}-00f067aa0ba902b7-01` })).traceId).toBe(ID);
    expect(traceOf(request({ traceparent: `01-${ID}-00f067aa0ba902b7-01-more` })).traceId).toBe(ID);
  });

  it.each([
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${ID}-0000000000000000-01`,
    `ff-${ID}-00f067aa0ba902b7-01`,
    `00-${ID}-00f067aa0ba902b7-01-more`,
    `00-${ID.toUpperCase()}-00f067aa0ba902b7-01`,
    'nonsense',
  ])('makes its own id instead of taking that of %s', (traceparent) => {
    expect(traceOf(request({ traceparent })).traceId).toMatch(/^(?!4bf92f)(?!0{32})[0-9a-f]{32}$/);
  });

  it('echoes a harmless request id and replaces any other', () => {
    expect(traceOf(request({ 'x-request-id': 'order_1-A' })).requestId).toBe('order_1-A');
    for (const id of ['', 'a b', 'a\nb', 'x'.repeat(65), '<script>'])
      expect(traceOf(request({ 'x-request-id': id })).requestId).toMatch(/^[A-Za-z0-9_-]{16}$/);
  });

  it('gives one request the same ids every time', () => {
    const one = request({});
    expect(traceOf(one)).toBe(traceOf(one));
    expect(traceOf(one)).not.toEqual(traceOf(request({})));
  });
});
