import { setTimeout as pause } from 'node:timers/promises';
import { notePublished, wantPublished } from '../../src/event-streams/kafka/kafka.queries';
import { TenantDb } from '../../src/platform/db/tenant-db';
import type { TestApp, TestTenant } from '../support/app';
import { describeWithKafka, type KafkaBroker } from '../support/kafka';
import type { EventReader } from './event-reader';
import { consume, type Consumed } from './kafka-consumer';

/** What these tests share with those of the stream. */
interface Surroundings {
  app(): TestApp;
  tenant(): TestTenant;
  brokers(): KafkaBroker | undefined;
  read(query: string): Promise<EventReader>;
}

export function describeKafka(at: Surroundings): void {
  describeWithKafka('Kafka', () => {
    const TOPICS = ['message', 'session', 'contact'].map((name) => `shop.events.${name}`);
    let heard: Consumed;

    beforeAll(async () => {
      heard = await consume(at.brokers()?.brokers ?? '', TOPICS);
    });
    afterAll(() => heard.stop());

    const interested = async () => {
      const count = async () =>
        (
          await at
            .app()
            .sql(`SELECT 1 FROM event_interest WHERE tenant_id = $1 AND consumer = 'kafka'`, [at.tenant().tenantId])
        ).length;
      while ((await count()) === 0) await pause(20);
    };
    const own = () => heard.records.filter(({ tenantId }) => tenantId === at.tenant().tenantId);
    const until = async (isEnough: () => boolean): Promise<void> => {
      while (!isEnough()) await pause(20);
    };

    it('gets the same events as CloudEvents, by the id of the contact, without what people wrote', async () => {
      await interested();
      const made = await at.tenant().api.post('/contacts', { name: 'Ada Lovelace', email: 'ada@example.com' });
      const contactId = String(made.body['id']);
      const mail = { channelType: 'EMAIL', to: 'ada@example.com', content: { subject: 'Hi', text: 'Hello' } };
      const sent = await at.tenant().api.post('/messages', { ...mail, clientReference: 'ref.of.ada@example.com' });
      const message = sent.body['id'];
      await at.tenant().api.patch(`/contacts/${contactId}`, { language: 'en' });
      await at.tenant().api.message(message, 'DELIVERED');
      await at.tenant().api.delete(`/contacts/${contactId}`);
      await until(() => own().some(({ event }) => event.type === 'contact.deleted'));
      await until(() => own().some(({ event }) => event.type === 'message.delivered'));

      for (const { key, topic, event, headers } of own()) {
        expect([topic, key]).toEqual([`shop.events.${event.type.split('.')[0]}`, contactId]);
        expect(event).toMatchObject({ specversion: '1.0', source: `urn:carillon:${at.tenant().tenantId}` });
        expect(headers['content-type']).toBe('application/cloudevents+json');
      }
      const types = own().map(({ event }) => event.type);
      expect(types).toEqual(
        expect.arrayContaining(['contact.created', 'contact.updated', 'session.opened', 'message.queued']),
      );
      const ofContact = types.filter((type) => type.startsWith('contact.'));
      expect([ofContact[0], ofContact.at(-1)]).toEqual(['contact.created', 'contact.deleted']);
      expect(JSON.stringify(own())).not.toMatch(/ada@example|Lovelace|Hello/);
    });

    it('that stands still delays nothing else, and gets everything in its order when it goes on', async () => {
      await interested();
      await at.tenant().api.post('/contacts', { name: 'First' });
      await until(() => own().length > 0);
      const reader = await at.read('?types=contact.created');
      at.brokers()?.pause();
      const ids: string[] = [];
      for (let n = 0; n < 10; n++)
        ids.push(String((await at.tenant().api.post('/contacts', { name: `Nr ${n}` })).body['id']));
      await reader.until((frames) => frames.length >= 10); // handed out to the others meanwhile
      const [position] = await at
        .app()
        .sql<{ due: boolean }>(`SELECT due_at IS NOT NULL AS due FROM kafka_position WHERE tenant_id = $1`, [
          at.tenant().tenantId,
        ]);
      expect(position?.due).toBe(true);
      at.brokers()?.resume();
      const created = () => own().filter(({ event }) => event.type === 'contact.created');
      await until(() => ids.every((id) => created().some(({ key }) => key === id)));
      const idle = async () =>
        (
          await at
            .app()
            .sql(`SELECT 1 FROM kafka_position WHERE tenant_id = $1 AND due_at IS NULL`, [at.tenant().tenantId])
        ).length;
      while (!(await idle())) await pause(20);
    });

    it('gets what was handed out while a page was on its way, and nothing of a stream that another process has', async () => {
      await interested();
      const db = at.app().runtime.app.get(TenantDb);
      await db.run(at.tenant().tenantId, (tx) => wantPublished(tx));
      const row = async () =>
        (
          await at
            .app()
            .sql<{ seq: string; wanted: string; fence: string; due: boolean }>(
              `SELECT seq, wanted, fence, due_at IS NOT NULL AS due FROM kafka_position WHERE tenant_id = $1`,
              [at.tenant().tenantId],
            )
        )[0]!;
      while ((await row()).due) await pause(20);
      const claim = { tenantId: at.tenant().tenantId, ...(await row()) };
      await at
        .app()
        .sql(`UPDATE kafka_position SET wanted = wanted + 1, due_at = now() + interval '1 hour' WHERE tenant_id = $1`, [
          at.tenant().tenantId,
        ]);
      const other = { ...claim, fence: '999999' };
      await db.run(at.tenant().tenantId, (tx) => notePublished(tx, other, { seq: '5000000', isMore: false }));
      expect((await row()).seq).toBe(claim.seq);
      await db.run(at.tenant().tenantId, (tx) => notePublished(tx, claim, { seq: claim.seq, isMore: false }));
      // It is taken up again by itself.
      while (BigInt((await row()).fence) <= BigInt(claim.fence)) await pause(20);
    });
  });
}
