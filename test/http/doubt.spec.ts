import type { TestTenant } from '../support/app';
import {
  addSendgrid,
  addTwilio,
  openStage,
  type SendgridChannel,
  type Stage,
  type TwilioChannel,
} from './provider-calls';

/** What becomes of a message whose call ended without an answer, and whose provider sent no word in the time it has. */
describe('a message in doubt', () => {
  let stage: Stage;
  let tenant: TestTenant;
  let sms: TwilioChannel;
  let mail: SendgridChannel;

  beforeAll(async () => {
    stage = await openStage();
    tenant = await stage.app.tenant({ bare: true });
    sms = await addTwilio(tenant);
    mail = await addSendgrid(tenant);
  });
  afterAll(() => stage.close());

  const taken = () => stage.twilio.ledger.filter(({ method }) => method === 'POST');
  const inDoubt = async (channelId: string, to: string, more: object = {}): Promise<string> => {
    const body = { channelId, to, content: { subject: 'Hi', text: `Hello ${to}` }, ...more };
    const id = String((await tenant.api.post('/messages', body)).body['id']);
    const { body: message } = await tenant.api.message(id, 'UNKNOWN');
    expect(message).toMatchObject({ attempts: 1, reason: { code: 'ambiguous' } });
    return id;
  };
  /** The time for the provider's own word is over. */
  const timeIsOver = (id: string) =>
    stage.app.sql('UPDATE communication_message SET resolve_at = now() WHERE id = $1', [id]);

  it('is settled by what the provider says when it is asked, without a second call', async () => {
    stage.twilio.script({ breaks: 'reset', accepts: true });
    const id = await inDoubt(sms.id, '+14155552671');
    const calls = taken().length;
    const now = new Date().toUTCString();
    const known = {
      sid: `SM${'5'.repeat(32)}`,
      body: 'Hello +14155552671',
      status: 'delivered',
      direction: 'outbound-api',
    };
    const message = { ...known, to: '+14155552671', date_created: now, date_updated: now, date_sent: now };
    stage.twilio.script({ status: 200, body: { messages: [message], next_page_uri: null } });
    await timeIsOver(id);
    const { body } = await tenant.api.message(id, 'DELIVERED');
    expect(body).toMatchObject({ attempts: 1, providerMessageId: known.sid, reason: null });
    expect(taken()).toHaveLength(calls);
  });

  it('is sent again when the provider is certain that it never arrived', async () => {
    stage.twilio.script({ breaks: 'reset', accepts: false });
    const id = await inDoubt(sms.id, '+14155552672');
    await timeIsOver(id); // the list that the provider answers with is empty
    const { body } = await tenant.api.message(id, 'SENT');
    expect(body['attempts']).toBe(2);
  });

  it('is sent again when the provider cannot be asked and delivery is at_least_once', async () => {
    stage.sendgrid.script({ status: 500 });
    const id = await inDoubt(mail.id, 'ada@example.com');
    await timeIsOver(id);
    expect((await tenant.api.message(id, 'SENT')).body['attempts']).toBe(2);
  });

  it('stays UNKNOWN, among the dead letters, when delivery is at_most_once', async () => {
    stage.sendgrid.script({ breaks: 'truncate' });
    const id = await inDoubt(mail.id, 'bob@example.com', { delivery: 'at_most_once' });
    await timeIsOver(id);
    const dead = await tenant.api.until('/dead-letters?reason=outcome_unknown', ({ text }) => text.includes(id));
    expect(dead.body['data']).toEqual([expect.objectContaining({ id, status: 'UNKNOWN', attempts: 1 })]);
    const why = await tenant.api.get(`/messages/${id}/why`);
    expect(why.body).toMatchObject({ nextAt: null, reason: { code: 'outcome_unknown' } });
  });
});
