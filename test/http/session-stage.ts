import { Client } from 'pg';
import { Api, type Answer } from '../support/api';
import type { TestTenant } from '../support/app';
import { addTwilio, twilioCalls, type Stage, type TwilioChannel } from './provider-calls';

export type Row = Record<string, unknown>;

export const rows = (body: Answer['body']) => body['data'] as Row[];

/** The status, and each field that is named. */
export const codes = ({ status, body }: Answer) => [
  status,
  ...new Set(((body['errors'] as { pointer: string }[] | undefined) ?? []).map(({ pointer }) => pointer)),
];

let count = 0;

/** Another person of tomorrow's conversations. */
export const somebody = () => `+1415555${String(1000 + ++count)}`;

/** An inbound message as the API shows it. */
export type Written = Row & { id: string; sessionId: string; contactId: string };

/** A tenant with a number on which people write, and somebody who does. */
export interface Desk {
  stage: Stage;
  tenant: TestTenant;
  sms: TwilioChannel;
  person: string;
}

export async function openDesk(stage: Stage): Promise<Desk> {
  const tenant = await stage.app.tenant();
  return { stage, tenant, sms: await addTwilio(tenant), person: somebody() };
}

/** A person writes; answers what the provider calls the message. */
export async function brings({ stage, sms, person }: Desk, text: string, from = person): Promise<string> {
  const MessageSid = `SM${String(++count).padStart(32, '0')}`;
  const form = { MessageSid, AccountSid: sms.accountSid, From: from, To: sms.from, Body: text, NumMedia: '0' };
  const { status } = await twilioCalls(stage.app, { ...sms, url: sms.webhookUrl }, form);
  if (status !== 200) throw new Error(`The webhook answered ${status}`);
  return MessageSid;
}

/** A person writes; answers when the message is there. */
export async function writes(desk: Desk, text: string, from = desk.person): Promise<Written> {
  const sid = await brings(desk, text, from);
  const found = ({ body }: Answer) => rows(body).find(({ providerMessageId }) => providerMessageId === sid);
  const answer = await desk.tenant.api.until('/messages?direction=INBOUND', (each) => Boolean(found(each)));
  return found(answer) as Written;
}

export const session = async ({ tenant }: Desk, id: string) => (await tenant.api.get(`/sessions/${id}`)).body;

/** Ids of the conversations that a filter finds. */
export const found = async ({ tenant }: Desk, query: string, api = tenant.api) =>
  rows((await api.get(`/sessions${query}`)).body).map(({ id }) => id);

export const reply = ({ tenant }: Desk, id: string, body: Row = { content: { text: 'Yes' } }) =>
  tenant.api.post(`/sessions/${id}/messages`, body);

export const note = ({ tenant }: Desk, id: string, text: string) => tenant.api.post(`/sessions/${id}/notes`, { text });

export async function settings({ tenant }: Desk, change: Row): Promise<Row> {
  const answer = await tenant.api.patch('/session-settings', change);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body;
}

export async function makeUser(
  { tenant }: Desk,
  permissions: Row[] = [{ actions: ['messages:read'] }],
): Promise<string> {
  const made = await tenant.api.post('/users', { subject: `user-${++count}` });
  await tenant.api.put(`/users/${String(made.body['id'])}/permissions`, { permissions });
  return String(made.body['id']);
}

/** A key that acts for a user. */
export async function keyOf({ stage, tenant }: Desk, userId: string): Promise<Api> {
  const made = await tenant.api.post('/api-keys', { name: 'Desk', scopes: ['messages:read'], userId });
  return new Api(stage.app.url, String(made.body['key']));
}

/** As if everything but notes had been said so many hours ago, in what is still open. */
export async function age({ stage, tenant }: Desk, hours: number): Promise<void> {
  await stage.app.sql(
    `UPDATE communication_message SET created_at = created_at - make_interval(hours => $2)
     WHERE tenant_id = $1 AND direction <> 'INTERNAL' AND session_id IN (SELECT s.id FROM communication_session s
       WHERE s.tenant_id = $1 AND s.status IN ('INITIATED', 'ACTIVE', 'PENDING'))`,
    [tenant.tenantId, hours],
  );
  await stage.app.sql(
    // In the order in which the clock takes them, which may be at work beside it.
    `WITH held AS (SELECT id FROM communication_session WHERE tenant_id = $1 ORDER BY id FOR NO KEY UPDATE)
     UPDATE communication_session s SET quiet_since = quiet_since - make_interval(hours => $2) FROM held h
     WHERE s.tenant_id = $1 AND s.id = h.id`,
    [tenant.tenantId, hours],
  );
}

/** The conversation after the clock has looked at it: then nothing of it is due any more. */
export async function looked(desk: Desk, id: string): Promise<Row> {
  const due = `SELECT 1 FROM communication_session WHERE id = $1 AND quiet_since <= now() - interval '24 hours'
    AND status IN ('INITIATED', 'ACTIVE', 'PENDING')`;
  const until = Date.now() + 10_000;
  while ((await desk.stage.app.sql(due, [id])).length)
    if (Date.now() > until) throw new Error('The clock never looked at the conversation');
  return session(desk, id);
}

/** Holds a conversation as a message does that is just coming in, while `work` is done; then the message is there. */
export async function whileSomebodyWrites({ stage }: Desk, id: string, work: () => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: stage.app.adminUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`UPDATE communication_session SET quiet_since = now(), last_inbound_at = now() WHERE id = $1`, [
      id,
    ]);
    await work();
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}
