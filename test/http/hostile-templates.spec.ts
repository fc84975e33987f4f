import { monitorEventLoopDelay } from 'node:perf_hooks';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { VECTORS, type Vector } from './hostile-templates';

/** What a value holds that must not come back in an error. */
const CANARY = 'PII-7781';
/**
 * Processor time that one request may take of the thread that serves everybody, with all that the test does on it. Under 100 ms
 * on a quiet machine; a template that ran on this thread would take seconds.
 */
const MOST_CPU_MS = 1_000;
const MOST_GROWTH = 300 * 1024 * 1024;

const FATES = {
  REFUSED: ['REFUSED'],
  STOPPED: ['STOPPED'],
  SLOW: ['REFUSED', 'STOPPED'],
  ANY: ['REFUSED', 'STOPPED', 'SHOWN'],
};

let app: TestApp;
let hostile: TestTenant;
let other: TestTenant;
let count = 0;

beforeAll(async () => {
  app = await startApp({ RATE_LIMIT_PER_MINUTE: '1000000' });
  [hostile, other] = [await app.tenant(), await app.tenant()];
});
afterAll(() => app.close());

const templateOf = ({ channelType, body, html, subject }: Vector) => {
  const type = channelType ?? (html === undefined ? 'SMS' : 'EMAIL');
  const needed = type === 'EMAIL' ? { subject: subject ?? 'x' } : {};
  return { name: `hostile ${++count}`, channelType: type, ...needed, ...(body && { body }), ...(html && { html }) };
};

/** What became of the vector, in its own words; and every word that came back. */
async function attack(vector: Vector) {
  const made = await hostile.api.post('/templates', templateOf(vector));
  if (made.status !== 201) return { fate: made.status === 422 ? 'REFUSED' : made.status, said: made.text };
  const { variables = {} } = vector;
  const shown = await hostile.api.post(`/templates/${String(made.body['id'])}/preview`, { variables });
  return {
    fate: shown.status === 200 ? shown.body : shown.status === 422 ? 'STOPPED' : shown.status,
    said: shown.text,
  };
}

describe('a hostile template', () => {
  const spent: [name: string, ms: number][] = [];

  it.each(VECTORS.map((vector) => [vector.name, vector] as const))(
    'with %s harms only itself',
    async (name, vector) => {
      const before = process.threadCpuUsage();
      const { fate, said } = await attack(vector);
      const { user, system } = process.threadCpuUsage(before);
      spent.push([name, (user + system) / 1000]);
      if (typeof vector.fate === 'string') {
        expect(FATES[vector.fate]).toContain(typeof fate === 'object' ? 'SHOWN' : fate);
        expect(said).not.toContain(CANARY);
      } else expect(fate).toMatchObject(vector.fate);
    },
  );

  afterAll(() => {
    const [worst] = spent.toSorted(([, a], [, b]) => b - a);
    console.info(`the most that one took of the main thread: ${worst?.[1].toFixed(0)} ms (${worst?.[0]})`);
    expect(spent.filter(([, ms]) => ms > MOST_CPU_MS)).toEqual([]);
  });
});

it('does not keep another tenant from sending, nor the process from breathing', async () => {
  const { body } = await other.api.post('/templates', {
    ...{ name: 'normal', channelType: 'EMAIL', subject: 'Hi {{ name }}' },
    body: 'Hello {{ name }}{% for i in items %} {{ i }}{% endfor %}',
  });
  const send = async () => {
    const variables = { name: 'Ada', items: [1, 2] };
    const sent = await other.api.post('/messages', {
      ...{ channelType: 'EMAIL', to: 'ada@example.com', templateId: body['id'], variables },
    });
    expect(sent.status).toBe(202);
  };
  await send();
  const lag = monitorEventLoopDelay({ resolution: 5 });
  const before = process.memoryUsage.rss();
  let most = before;
  let sent = 0;
  let isOver = false;
  lag.enable();
  const storm = Promise.all(VECTORS.filter(({ fate }) => fate === 'SLOW').map(attack)).finally(() => (isOver = true));
  while (!isOver) {
    await send();
    sent++;
    most = Math.max(most, process.memoryUsage.rss());
  }
  await storm;
  lag.disable();
  console.info(
    `${sent} messages of another tenant meanwhile; event loop late by ${(lag.percentile(99) / 1e6).toFixed(0)} ms (p99), ` +
      `${(lag.max / 1e6).toFixed(0)} ms at most; memory grew by ${((most - before) / 1048576).toFixed(0)} MB`,
  );
  expect(sent).toBeGreaterThan(5);
  expect(lag.max / 1e6).toBeLessThan(5_000);
  expect(most - before).toBeLessThan(MOST_GROWTH);
});
