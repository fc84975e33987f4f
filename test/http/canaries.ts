import type { TestApp, TestTenant } from '../support/app';
import { fileForm } from './tenant-things';

/** One word for each field that says something of people; each of them is sought in every answer. */
export const CANARY = {
  contactName: 'Canaryname Lovelace',
  externalId: 'canary-external-id',
  email: 'canarymail.lovelace@example.com',
  phone: '+4915112345678',
  telegramChatId: '7412589630123',
  whatsappId: '+4915187654321',
  attributes: 'canaryattribute',
  preferenceReason: 'canary.reason@example.com',
  suppressed: 'canarysuppressed.person@example.com',
  suppressionSource: 'asked by canary.source@example.com',
  subject: 'canarysubject',
  text: 'canarytext',
  html: '<p>canaryhtml</p>',
  metadata: 'canarymetadata',
  clientReference: 'canary.reference@example.com',
  inbound: 'canaryinbound',
  sessionSubject: 'canarysessionsubject',
  label: 'canarylabel',
  note: 'canarynote',
  reference: 'canaryreference',
  filename: 'canaryfile.txt',
  fileContent: 'canaryfilecontent',
  recipient: 'canaryrecipient.person@example.com',
  recipientVariable: 'canaryvariable',
  recurring: 'canaryagain.person@example.com',
  ruleRecipient: 'canaryrule.person@example.com',
  userName: 'Canaryuser Hopper',
  userSubject: 'canaryusersubject',
  userEmail: 'canaryuser.hopper@example.com',
} as const;

/** Makes one of everything that says something of people, each with its word, and answers the ids. */
export async function makeCanaries(app: TestApp, { api }: TestTenant): Promise<Record<string, string>> {
  const make = async (path: string, body: object) => {
    const answer = await api.post(path, body);
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.text}`);
    return String(answer.body['id']);
  };
  const C = CANARY;
  const contact = await make('/contacts', {
    name: C.contactName,
    externalId: C.externalId,
    email: C.email,
    phone: C.phone,
    telegramChatId: C.telegramChatId,
    whatsappId: C.whatsappId,
    attributes: { note: C.attributes },
  });
  await api.post(`/contacts/${contact}/preferences`, { reason: C.preferenceReason });
  const message = await make('/messages', {
    channelType: 'EMAIL',
    contactId: contact,
    content: { subject: C.subject, text: C.text, html: C.html },
    metadata: { note: C.metadata },
    clientReference: C.clientReference,
  });
  const delivered = await api.message(message, 'DELIVERED');
  const session = String(delivered.body['sessionId']);
  await api.patch(`/sessions/${session}`, { subject: C.sessionSubject, labels: [C.label] });
  await api.patch(`/sessions/${session}`, { externalReferences: [{ system: 'crm', id: C.reference }] });
  await make(`/sessions/${session}/notes`, { text: C.note });
  const dead = await make('/messages', { channelType: 'SMS', contactId: contact, content: { text: C.text } });
  await api.message(dead, 'DELIVERED');
  await app.sql('UPDATE communication_message SET dead_at = now() WHERE id = $1', [dead]);
  await app.sql(
    `UPDATE communication_message SET direction = 'INBOUND', status = 'RECEIVED', from_address = to_address,
       content = jsonb_build_object('text', $2::text) WHERE id = $1`,
    [await make('/messages', { channelType: 'SMS', contactId: contact, content: { text: 'x' } }), C.inbound],
  );
  const form = fileForm(C.filename, C.fileContent);
  const attachment = String((await api.post('/attachments', form.body, form.headers)).body['id']);
  const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
  const content = { subject: 's', text: 't' };
  return {
    contact,
    message,
    session,
    dead,
    attachment,
    suppression: await make('/suppressions', {
      channelType: 'EMAIL',
      address: C.suppressed,
      source: C.suppressionSource,
    }),
    scheduled: await make('/messages', { channelType: 'EMAIL', contactId: contact, content, scheduledAt }),
    recurring: await make('/messages', {
      channelType: 'EMAIL',
      to: C.recurring,
      content: { subject: C.subject, text: C.text },
      metadata: { note: C.metadata },
      clientReference: C.clientReference,
      ...{ scheduledAt: scheduledAt.slice(0, 16), timezone: 'UTC', recurrence: 'FREQ=DAILY' },
    }),
    campaign: await make('/bulk-send', {
      name: 'Spring',
      channelType: 'EMAIL',
      content,
      recipients: [{ to: C.recipient, variables: { word: C.recipientVariable } }],
    }),
    rule: await make('/automation-rules', {
      name: 'Welcome',
      trigger: { event: 'e' },
      steps: [{ type: 'send', channelType: 'EMAIL', to: C.ruleRecipient, content }],
    }),
    template: await make('/templates', {
      name: 'Welcome',
      channelType: 'EMAIL',
      subject: 's',
      body: 'Hello',
    }),
    user: await make('/users', { subject: C.userSubject, name: C.userName, email: C.userEmail }),
    channel: await make('/channels', {
      name: 'Mail',
      channelType: 'EMAIL',
      providerType: 'sandbox',
      from: 'shop@example.com',
    }),
  };
}

/** Fields whose word stands in a text. */
export const canariesIn = (text: string) =>
  Object.entries(CANARY).flatMap(([field, word]) => (text.includes(JSON.stringify(word).slice(1, -1)) ? [field] : []));
