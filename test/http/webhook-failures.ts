import type { ServerResponse } from 'node:http';
import type { ReceivedCall } from './webhook-receiver';
import {
  endpoint,
  hurry,
  isLater,
  log,
  makeContact,
  on,
  one,
  rows,
  settled,
  triedOnce,
  type Body,
  type Endpoint,
} from './webhook-stage';

/** How endpoints that fail are treated: told again, given up, switched off, and in nobody's way. */
export function describeFailures(): void {
  describe('an endpoint that fails', () => {
    const fails =
      (status: number, headers = {}, body = 'no') =>
      (_: ReceivedCall, response: ServerResponse) =>
        void response.writeHead(status, headers).end(body);

    it('is told again after a wait, with the same id, and the log says what it answered', async () => {
      const hook = await endpoint(['contact.created']);
      on.receiver.answers(hook.path, fails(500, {}, `€${'x'.repeat(5_000)}`));
      await makeContact();
      const first = await settled(hook, ({ attempts, statusCode }) => attempts === 1 && statusCode === 500);
      expect(first).toMatchObject({ status: 'PENDING', type: 'contact.created', failure: null });
      expect((first['log'] as Body[])[0]).toMatchObject({ no: 1, statusCode: 500, fault: null });
      expect(Buffer.byteLength(String((first['log'] as Body[])[0]?.['body']))).toBeLessThanOrEqual(1026);
      const wait =
        Date.parse(String(first['nextAttemptAt'])) - Date.parse(String((first['log'] as Body[])[0]?.['startedAt']));
      expect(wait).toBeGreaterThan(3_900);
      expect((await one(hook))['failingSince']).not.toBeNull();

      on.receiver.answers(hook.path, fails(200, { 'content-encoding': 'gzip' }, 'not really'));
      await hurry(hook);
      const second = await settled(hook, ({ status }) => status === 'DELIVERED');
      expect((second['log'] as Body[]).map(({ statusCode }) => statusCode)).toEqual([500, 200]);
      expect(second).toMatchObject({ attempts: 2, statusCode: 200, nextAttemptAt: null });
      const ids = on.receiver.of(hook.path).map(({ headers }) => headers['webhook-id']);
      expect(ids).toEqual([second['eventId'], second['eventId']]);
      expect((await one(hook))['failingSince']).toBeNull();
    });

    it('with a redirect is not followed, and with Retry-After is given the time that it asks for', async () => {
      const [moved, busy] = [await endpoint(['contact.created']), await endpoint(['contact.created'])];
      on.receiver.answers(moved.path, fails(302, { location: on.receiver.url('/elsewhere') }));
      on.receiver.answers(busy.path, fails(429, { 'retry-after': '7200' }));
      await makeContact();
      const tried = ({ attempts, statusCode }: Body) => attempts === 1 && statusCode !== null;
      expect(await settled(moved, tried)).toMatchObject({ status: 'PENDING', statusCode: 302 });
      expect(on.receiver.of('/elsewhere')).toEqual([]);
      const delivery = await settled(busy, tried);
      expect(Date.parse(String(delivery['nextAttemptAt'])) - Date.now()).toBeGreaterThan(7_100_000);
    });

    it('by closing the connection is said to be unreachable', async () => {
      const hook = await endpoint(['contact.created']);
      on.receiver.answers(hook.path, (_, response) => void response.destroy());
      await makeContact();
      const delivery = await triedOnce(hook);
      expect((delivery['log'] as Body[])[0]).toMatchObject({ statusCode: null, fault: 'unreachable', body: null });
    });

    it('is given up after eight tries, and told again when somebody asks', async () => {
      const hook = await endpoint(['contact.created']);
      on.receiver.answers(hook.path, fails(503));
      await makeContact();
      for (let tries = 1; tries <= 8; tries++) {
        await on.receiver.until(hook.path, tries);
        await settled(
          hook,
          ({ statusCode, nextAttemptAt, status }) =>
            statusCode === 503 && (status === 'FAILED' || isLater(nextAttemptAt)),
        );
        await hurry(hook);
      }
      const given = await settled(hook, ({ status }) => status === 'FAILED');
      expect(given).toMatchObject({ failure: 'exhausted', attempts: 8 });
      expect(await log(hook, '?status=FAILED')).toHaveLength(1);
      expect(await log(hook, '?status=DELIVERED')).toEqual([]);

      on.receiver.answers(hook.path, fails(200));
      const again = await on.tenant.api.post(`/webhook-endpoints/${hook.id}/deliveries/${String(given['id'])}/retry`);
      expect([again.status, again.body['status']]).toEqual([202, 'PENDING']);
      expect(await settled(hook, ({ status }) => status === 'DELIVERED')).toMatchObject({ attempts: 9, failure: null });
    });

    it('with 410 is switched off at once: what waits ends, the others and the audit log are told', async () => {
      const [hook, other] = [await endpoint(['contact.created']), await endpoint(['webhook_endpoint.*'])];
      on.receiver.answers(hook.path, fails(500));
      await makeContact();
      await settled(hook, ({ statusCode }) => statusCode === 500);
      on.receiver.answers(hook.path, fails(410));
      await on.tenant.api.post(`/webhook-endpoints/${hook.id}/test`);
      const [notice] = await on.receiver.until(other.path, 1);
      expect(notice!.event).toMatchObject({ type: 'webhook_endpoint.disabled', subject: hook.id });
      expect(notice!.event.data).toEqual({ endpointId: hook.id, reason: 'gone' });
      expect(await one(hook)).toMatchObject({ status: 'DISABLED', disabledReason: 'gone' });
      const ends = (await log(hook)).map(({ status, failure }) => [status, failure]);
      expect(ends).toEqual([
        ['FAILED', 'gone'],
        ['FAILED', 'endpoint_disabled'],
      ]);
      const audited = rows((await on.tenant.api.get('/audit-log')).body).find(
        ({ action }) => action === 'webhook_endpoint.disabled',
      );
      expect(audited).toMatchObject({ actor: 'carillon', resourceId: hook.id });
      expect((await on.tenant.api.post(`/webhook-endpoints/${hook.id}/test`)).status).toBe(409);
      expect(
        (await on.tenant.api.post(`/webhook-endpoints/${hook.id}/replay`, { since: '2026-01-01T00:00:00Z' })).status,
      ).toBe(409);
    });

    it('for five days is switched off, and hears of all it missed when it is back', async () => {
      const hook = await endpoint(['contact.created']);
      on.receiver.answers(hook.path, fails(500));
      const since = new Date().toISOString();
      const known = await makeContact();
      await settled(hook, ({ statusCode }) => statusCode === 500);
      await on.app.sql(`UPDATE webhook_endpoint SET failing_since = now() - interval '4 days 23 hours' WHERE id = $1`, [
        hook.id,
      ]);
      await hurry(hook);
      await settled(hook, ({ attempts, nextAttemptAt }) => attempts === 2 && isLater(nextAttemptAt));
      expect(await one(hook)).toMatchObject({ status: 'ACTIVE' });
      await on.app.sql(`UPDATE webhook_endpoint SET failing_since = now() - interval '5 days 1 minute' WHERE id = $1`, [
        hook.id,
      ]);
      await hurry(hook);
      await on.tenant.api.until(`/webhook-endpoints/${hook.id}`, ({ body }) => body['disabledReason'] === 'failing');

      const missed = await makeContact();
      await on.tenant.api.until('/events?status=PENDING', ({ body }) => rows(body).length === 0);
      expect(await log(hook)).toHaveLength(1);
      on.receiver.answers(hook.path, fails(200));
      const enabled = await on.tenant.api.patch(`/webhook-endpoints/${hook.id}`, { status: 'ACTIVE' });
      expect(enabled.body).toMatchObject({
        status: 'ACTIVE',
        disabledReason: null,
        disabledAt: null,
        failingSince: null,
      });
      const replayed = await on.tenant.api.post(`/webhook-endpoints/${hook.id}/replay`, { since });
      expect([replayed.status, replayed.body]).toEqual([202, { queued: 2, next: null }]);
      await settled(hook, ({ status }) => status === 'DELIVERED');
      const told = on.receiver
        .of(hook.path)
        .slice(-2)
        .map(({ event }) => event.data['contactId']);
      expect(new Set(told)).toEqual(new Set([known, missed]));
      const none = await on.tenant.api.post(`/webhook-endpoints/${hook.id}/replay`, {
        since,
        types: ['contact.deleted'],
      });
      expect(none.body).toEqual({ queued: 0, next: null });
    });
  });

  describe('a delivery', () => {
    it('whose process died is made again when its lease is over, and the dead one has no say any more', async () => {
      const hook = await endpoint(['contact.created']);
      const held: ServerResponse[] = [];
      on.receiver.answers(hook.path, (_, response) => void held.push(response));
      await makeContact();
      await on.receiver.until(hook.path, 1);
      await on.app.sql(
        `UPDATE webhook_delivery SET lease_until = now() - interval '1 second', due_at = now() WHERE endpoint_id = $1`,
        [hook.id],
      );
      const calls = await on.receiver.until(hook.path, 2);
      expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
      held[0]!.writeHead(500).end('late');
      const path = `/webhook-endpoints/${hook.id}/deliveries/${String((await log(hook))[0]?.['id'])}`;
      const late = await on.tenant.api.until(path, ({ body }) => (body['log'] as Body[])[0]?.['statusCode'] === 500);
      expect(late.body).toMatchObject({ status: 'PENDING', statusCode: null });
      held[1]!.writeHead(200).end();
      const done = await settled(hook, ({ status }) => status === 'DELIVERED');
      expect((done['log'] as Body[]).map(({ statusCode }) => statusCode)).toEqual([500, 200]);
    });

    it('of a deleted endpoint is none', async () => {
      const hook = await endpoint(['contact.created']);
      expect((await on.tenant.api.delete(`/webhook-endpoints/${hook.id}`)).status).toBe(204);
      await makeContact();
      expect(await on.app.sql('SELECT type FROM event_interest WHERE tenant_id = $1', [on.tenant.tenantId])).toEqual(
        [],
      );
      expect((await on.tenant.api.get(`/webhook-endpoints/${hook.id}`)).status).toBe(404);
      expect((await on.tenant.api.get(`/webhook-endpoints/${hook.id}/deliveries`)).status).toBe(404);
      expect(rows((await on.tenant.api.get('/webhook-endpoints')).body)).toEqual([]);
      expect(on.receiver.of(hook.path)).toEqual([]);
    });
  });

  it('has a dead endpoint delay no other', async () => {
    const DEAD = 30;
    const WAITING = 1_000;
    const EVENTS = 20;
    // As many that hang as there are places, each just about to be found out, and one more with a thousand waiting.
    const open = new Set<ServerResponse>();
    /** Most calls of a path at a time. */
    const [now, most] = [new Map<string, number>(), new Map<string, number>()];
    const hang = ({ path }: ReceivedCall, response: ServerResponse): void => {
      open.add(response);
      const count = (now.get(path) ?? 0) + 1;
      now.set(path, count);
      most.set(path, Math.max(count, most.get(path) ?? 0));
      response.once('close', () => now.set(path, (now.get(path) ?? 0) - 1));
    };
    const crowd = await on.app.tenant();
    const dead: Endpoint[] = [];
    const makeDead = async (n: number): Promise<void> => {
      const hook = await endpoint(['contact.deleted'], n < 15 ? on.tenant.api : crowd.api);
      on.receiver.answers(hook.path, hang);
      dead.push(hook);
    };
    await Promise.all(Array.from({ length: DEAD }, (_, n) => makeDead(n)));
    await on.app.sql(
      `INSERT INTO webhook_delivery (tenant_id, id, endpoint_id, event_id, type, data, at)
     SELECT e.tenant_id, gen_random_uuid(), e.id, gen_random_uuid(), 'contact.deleted', '{}', now()
     FROM webhook_endpoint e, generate_series(1, CASE WHEN e.id = $2 THEN ${WAITING} ELSE 20 END) WHERE e.id = ANY ($1)`,
      [dead.map(({ id }) => id), dead[0]!.id],
    );
    for (const { path } of dead.slice(0, 10)) await on.receiver.until(path, 1);

    const healthy = await endpoint(['contact.created']);
    const delays: number[] = [];
    for (let n = 1; n <= EVENTS; n++) {
      const begun = performance.now();
      await makeContact();
      const calls = await on.receiver.until(healthy.path, n);
      delays.push((calls.at(-1)?.receivedAt ?? 0) - begun);
    }
    const p95 = delays.toSorted((a, b) => a - b)[Math.floor(EVENTS * 0.95)];
    console.info(
      `${DEAD} hanging endpoints with ${WAITING + 20 * (DEAD - 1)} deliveries due, ${open.size} calls hanging: ` +
        `p95 of ${EVENTS} events to a healthy one is ${p95?.toFixed()} ms, from the request that made the event to the call`,
    );
    expect(open.size).toBeGreaterThan(10);
    expect(Math.max(...most.values())).toBeLessThanOrEqual(8);
    for (const response of open) response.destroy();
  }, 60_000);
}
