import { startApp, type TestApp } from '../support/app';

describe('a worker process', () => {
  let worker: TestApp;

  beforeAll(async () => {
    worker = await startApp({ ROLE: 'worker' });
  });
  afterAll(() => worker.close());

  it('answers health and metrics, and no part of the API', async () => {
    for (const path of ['/health/live', '/health/ready', '/metrics'])
      expect([path, (await fetch(worker.url + path)).status]).toEqual([path, 200]);
    const { tenantId } = await worker.tenant({ bare: true });
    const key = await worker.key(tenantId, ['*']);
    for (const path of ['/api/v1/communication/channels', '/docs-json', '/p/token', '/nothing']) {
      const answer = await fetch(worker.url + path, { headers: { authorization: `Bearer ${key}` } });
      expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
        path,
        404,
        'application/problem+json; charset=utf-8',
      ]);
    }
  });

  it('counts what waits and what it did for Prometheus', async () => {
    const text = await (await fetch(`${worker.url}/metrics`)).text();
    for (const name of [
      'carillon_http_request_duration_seconds',
      'carillon_provider_calls_total',
      'carillon_queue_messages',
    ])
      expect(text).toContain(`# TYPE ${name}`);
  });
});
