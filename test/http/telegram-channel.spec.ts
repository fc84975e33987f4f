import { randomInt } from 'node:crypto';
import { InboundMediaFiles } from '../../src/messages/events/inbound-media';
import { KITS } from '../providers/kits';
import type { TestApp, TestTenant } from '../support/app';
import { addChannel, openInflowStage, received, type Channel, type InflowStage } from './inflow-stage';
import { deliver } from './provider-calls';

let stage: InflowStage;
let app: TestApp;
let tenant: TestTenant;

beforeAll(async () => {
  stage = await openInflowStage(['telegram']);
  app = stage.app;
});
beforeEach(async () => {
  stage.special.clear();
  tenant = await app.tenant({ bare: true });
});
afterAll(() => stage.close());

/** What setWebhook was told when the channel was made. */
async function registered(channel: Channel): Promise<Record<string, unknown>> {
  const call = () =>
    stage.servers['telegram']!.ledger.find(
      ({ path, body }) => path.endsWith('/setWebhook') && body['url'] === channel.webhookUrl,
    );
  await tenant.api.until(`/channels/${channel.id}`, () => call() !== undefined);
  return call()!.body;
}

const update = (message: object) =>
  JSON.stringify({
    update_id: randomInt(1, 2 ** 31),
    message: {
      message_id: randomInt(1, 2 ** 31),
      date: Math.floor(Date.now() / 1000),
      chat: { id: 412587349, type: 'private', first_name: 'Ada' },
      from: { id: 412587349, is_bot: false, first_name: 'Ada' },
      ...message,
    },
  });

describe('a Telegram channel', () => {
  it('is told to its bot when it is made, and again when it is verified', async () => {
    const channel = await addChannel(tenant, 'telegram');
    const told = await registered(channel);
    expect(told).toMatchObject({
      url: channel.webhookUrl,
      allowed_updates: expect.arrayContaining(['my_chat_member']),
    });
    expect(String(told['secret_token']).length).toBeGreaterThanOrEqual(40);
    const before = stage.servers['telegram']!.ledger.length;
    const verified = await tenant.api.post(`/channels/${channel.id}/verify`);
    expect(verified.body).toMatchObject({ verified: true });
    const calls = stage.servers['telegram']!.ledger.slice(before).map(({ path }) => path.split('/').at(-1));
    expect(calls).toEqual(['getMe', 'setWebhook']);
  });

  it('says why where its bot does not take the address, and tries again', async () => {
    stage.special.set('/setWebhook', {
      status: 400,
      body: { ok: false, error_code: 400, description: 'Bad Request: bad webhook: Failed to resolve host' },
    });
    const channel = await addChannel(tenant, 'telegram');
    const { body } = await tenant.api.until(
      `/channels/${channel.id}`,
      (answer) => answer.body['statusReason'] !== null,
    );
    expect(body).toMatchObject({ status: 'ACTIVE', statusReason: expect.stringContaining('does not call us') });
    stage.special.clear();
    await app.sql(`UPDATE channel_state SET register_due_at = now() WHERE channel_id = $1`, [channel.id]);
    await tenant.api.until(`/channels/${channel.id}`, (answer) => answer.body['statusReason'] === null);
  });

  it('keeps its secret when its token is changed, and believes nobody without it', async () => {
    const channel = await addChannel(tenant, 'telegram');
    const { secret_token: secret } = await registered(channel);
    const call = (token: string) =>
      deliver(app, channel.webhookUrl, update({ text: 'Hello' }), {
        'content-type': 'application/json',
        'x-telegram-bot-api-secret-token': token,
      });
    expect((await call('x')).status).toBe(401);
    await tenant.api.patch(`/channels/${channel.id}`, { credentials: KITS['telegram']!.credentials });
    expect((await call(String(secret))).status).toBe(200);
    expect(await received(tenant)).toMatchObject([{ content: { text: 'Hello' }, from: '412587349' }]);
  });

  it('keeps the file that a person sent with the message, fetched with the token that nobody sees', async () => {
    stage.special.set('/getFile', {
      body: {
        ok: true,
        result: { file_id: 'AgAC1', file_unique_id: 'u', file_size: 9, file_path: 'photos/file_1.jpg' },
      },
    });
    stage.special.set('/photos/file_1.jpg', { body: 'jpg bytes', headers: { 'content-type': 'image/jpeg' } });
    const channel = await addChannel(tenant, 'telegram');
    const { secret_token: secret } = await registered(channel);
    const photo = [{ file_id: 'AgAC1', file_unique_id: 'u', width: 90, height: 90, file_size: 9 }];
    await deliver(app, channel.webhookUrl, update({ photo, caption: 'Look' }), {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': String(secret),
    });
    const [message] = await received(tenant);
    await app.runtime.app.get(InboundMediaFiles).fetchDue();
    const { body, text } = await tenant.api.until(`/messages/${String(message?.['id'])}`, (answer) =>
      answer.text.includes('attachmentId'),
    );
    const { attachments } = body['content'] as { attachments: { attachmentId: string; sizeBytes: number }[] };
    expect(attachments).toMatchObject([{ contentType: 'image/jpeg', sizeBytes: 9 }]);
    expect(text).not.toContain(KITS['telegram']!.credentials['botToken']);
    const kept = await tenant.api.get(`/attachments/${attachments[0]?.attachmentId}/content`);
    expect(kept.text).toBe('jpg bytes');
    const [row] = await app.sql(`SELECT content FROM communication_attachment WHERE id = $1`, [
      attachments[0]?.attachmentId,
    ]);
    expect(row).toEqual({ content: null }); // the bytes are in the storage
  });

  it('says of a file that is gone at the provider that it is missing', async () => {
    stage.special.set('/getFile', {
      status: 400,
      body: { ok: false, error_code: 400, description: 'Bad Request: file is too big' },
    });
    const channel = await addChannel(tenant, 'telegram');
    const { secret_token: secret } = await registered(channel);
    await deliver(app, channel.webhookUrl, update({ document: { file_id: 'BQAC1', file_unique_id: 'u' } }), {
      'content-type': 'application/json',
      'x-telegram-bot-api-secret-token': String(secret),
    });
    const [message] = await received(tenant);
    await app.runtime.app.get(InboundMediaFiles).fetchDue();
    const { body } = await tenant.api.until(`/messages/${String(message?.['id'])}`, ({ text }) =>
      text.includes('"missing"'),
    );
    expect(body['content']).toMatchObject({ media: { missing: expect.any(String) } });
  });

  it('tells a pressed button that it was heard, and answers nothing else with a method', async () => {
    const channel = await addChannel(tenant, 'telegram');
    const { secret_token: secret } = await registered(channel);
    const headers = { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': String(secret) };
    const pressed = {
      update_id: randomInt(1, 2 ** 31),
      callback_query: {
        id: '4382bfdwdsb323b2d9',
        from: { id: 412587349, is_bot: false, first_name: 'Ada' },
        chat_instance: '1',
        data: 'yes',
      },
    };
    const answer = await deliver(app, channel.webhookUrl, JSON.stringify(pressed), headers);
    expect(JSON.parse(answer.text)).toEqual({ method: 'answerCallbackQuery', callback_query_id: '4382bfdwdsb323b2d9' });
    expect((await deliver(app, channel.webhookUrl, update({ text: 'Hello' }), headers)).text).toBe('');
    const stranger = { ...headers, 'x-telegram-bot-api-secret-token': 'x' };
    expect((await deliver(app, channel.webhookUrl, JSON.stringify(pressed), stranger)).text).not.toContain('method');
  });
});
