import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LaterPrices } from '../../src/messages/events/later-prices';
import type { TestTenant } from '../support/app';
import { addTwilio, openStage, statusOf, twilioCalls, type Stage, type TwilioChannel } from './provider-calls';

let stage: Stage;
let tenant: TestTenant;
let sms: TwilioChannel;

beforeAll(async () => {
  const prices = join(mkdtempSync(join(tmpdir(), 'carillon-prices-')), 'prices.csv');
  writeFileSync(prices, 'SMS,twilio,+49,0.075,EUR\n');
  stage = await openStage({ PRICE_TABLE_FILE: prices });
});
beforeEach(async () => {
  tenant = await stage.app.tenant({ bare: true });
  sms = await addTwilio(tenant);
});
afterAll(() => stage.close());

/** A message that its person has; answers its id. */
async function delivered(to = '+14155550100', text = 'Hi'): Promise<string> {
  const sent = await tenant.api.post('/messages', { channelId: sms.id, to, content: { text } });
  const id = String(sent.body['id']);
  await tenant.api.message(id, 'SENT');
  const call = stage.twilio.ledger.findLast((entry) => JSON.stringify(entry.body).includes(id))!;
  const { url, form } = statusOf(call, 'delivered');
  await twilioCalls(stage.app, { ...sms, url }, form);
  await tenant.api.message(id, 'DELIVERED');
  return id;
}

/** The time to ask has come. */
async function isAsked(): Promise<void> {
  await stage.app.sql(`UPDATE price_due SET due_at = now()`);
  await stage.app.runtime.app.get(LaterPrices).askDue();
}

const waiting = () => stage.app.sql<{ attempts: number }>(`SELECT attempts FROM price_due`);
const costOf = async (id: string) => (await tenant.api.get(`/messages/${id}`)).body['cost'];

it('a message gets the price that Twilio tells when it is asked after the delivery', async () => {
  const id = await delivered();
  expect(await waiting()).toEqual([{ attempts: 0 }]);
  stage.twilio.script({ status: 200, body: { sid: 'SM1', price: '-0.00750', price_unit: 'usd' } });
  await isAsked();
  expect(await costOf(id)).toMatchObject({ amount: '0.00750', currency: 'USD', estimated: false });
  expect(await waiting()).toEqual([]);
  const { method, path } = stage.twilio.ledger.at(-1)!;
  expect([method, /\/Messages\/SM[0-9a-f]{32}\.json$/.test(path)]).toEqual(['GET', true]);
});

it('a price that is not set yet is asked for again, and one that never will be is not', async () => {
  const id = await delivered();
  stage.twilio.script({ status: 200, body: { sid: 'SM1', price: null, price_unit: 'USD' } });
  await isAsked();
  expect(await waiting()).toEqual([{ attempts: 1 }]);
  stage.twilio.script({ status: 404, body: { code: 20404, message: 'not found', status: 404 } });
  await isAsked();
  expect(await waiting()).toEqual([]);
  expect(await costOf(id)).toBeNull();
});

it("a cost by the operator's table is an estimate for each part, until the provider names its own", async () => {
  const id = await delivered('+4915112345678', 'a'.repeat(161));
  const estimate = await costOf(id);
  expect(estimate).toMatchObject({ currency: 'EUR', estimated: true });
  const { parts, amount } = estimate as { parts: number; amount: string };
  expect(Number(amount)).toBeCloseTo(0.075 * parts, 8);
  stage.twilio.script({ status: 200, body: { sid: 'SM1', price: '-0.16', price_unit: 'EUR' } });
  await isAsked();
  expect(await costOf(id)).toMatchObject({ amount: '0.16', currency: 'EUR', estimated: false });
});
