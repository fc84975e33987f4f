import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import { accepted, answerOf, COMMON, permanent, retry, SECRET } from '../answers';
import type { LedgerEntry } from '../described-server';
import type { Kit } from '../kit';
import { WEBHOOK_SECRET } from '../webhook-secret';

const botToken = '110201543:invented_token_of_nobody-0123456789';
const secret = { provider: WEBHOOK_SECRET, stranger: 'webhook_secret-of-another-channel-9876543210', nobody: '' };
const chatId = '412587349';

export const telegram: Kit = {
  credentials: { botToken },
  secrets: [botToken, WEBHOOK_SECRET],
  badCredentials: {
    '/credentials/botToken': { botToken: 'invented_token_of_nobody-0123456789' },
    '/credentials/token': { botToken, token: botToken },
  },
  settings: {},
  from: { TELEGRAM: '@acme_bot' },
  to: chatId,
  // The header is all there is: the body is not signed.
  sign: (_request, as) => ({ headers: { 'x-telegram-bot-api-secret-token': secret[as] } }),
  covered: () => [],
  withoutSecret: { webhookSecret: '' },
  answers: {
    documented: (status) =>
      status < 300
        ? answerOf(status, JSON.stringify({ ok: true, result: messageOf('7', chatId) }))
        : answerOf(
            status,
            JSON.stringify({ ok: false, error_code: status, description: `refused for ${chatId} by ${SECRET}` }),
          ),
    expected: {
      ...COMMON,
      '200': accepted,
      '201': accepted,
      '202': accepted,
      '400': permanent('config'),
      // About this chat only; the bot may go on elsewhere.
      '403': permanent('unreachable'),
      // Nothing lies at an address with a wrong token.
      '404': retry('auth'),
      '409': permanent('config'),
    },
  },
  player: {
    violations,
    unlisted: {},
    answer: (entry) => ({ status: 200, body: { ok: true, result: answersOf(entry) } }),
    refusal: (status, message) => ({ ok: false, error_code: status, description: `Bad Request: ${message}` }),
  },
};

const description = JSON.parse(
  readFileSync(join(__dirname, '../descriptions/telegram-bot-api.schema.json'), 'utf8'),
) as { $id: string; $defs: Record<string, { properties?: Record<string, object> }> };
const ajv = new Ajv2020({ allErrors: true, strict: false }).addSchema(description);

/** What the official description has to say against a value of this type ("Update", "method.sendMessage"). */
export function violationsOfType(type: string, value: unknown): string[] {
  const validate: ValidateFunction | undefined = ajv.getSchema(`${description.$id}#/$defs/${type}`);
  if (!validate) return [`The Bot API has no ${type}`];
  return validate(value)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function violations({ path, body, headers }: LedgerEntry): string[] {
  if (path.startsWith(`/file/bot${botToken}/`)) return []; // files lie beside the API that is described
  const [, token, method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(path) ?? [];
  if (token !== botToken) return ['Not Found'];
  const isForm = String(headers['content-type']).startsWith('multipart/form-data');
  return violationsOfType(`method.${method}`, isForm ? fromForm(method, body) : body);
}

/** In a form, members that are no text are written as JSON. */
function fromForm(method: string, body: Record<string, unknown>): Record<string, unknown> {
  const isText = (name: string) => {
    const type = JSON.stringify(description.$defs[`method.${method}`]?.properties?.[name] ?? {});
    return type.includes('"type":"string"');
  };
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, isText(name) ? value : JSON.parse(String(value))]),
  );
}

function answersOf(entry: LedgerEntry): unknown {
  const method = entry.path.split('/').at(-1);
  if (method === 'getMe') return { id: 110201543, is_bot: true, first_name: 'Acme', username: 'Acme_Bot' };
  if (method === 'setWebhook') return true;
  // A @username is answered with the id that it stands for.
  const to = String(entry.body['chat_id']);
  const message = messageOf(String(entry.number), to.startsWith('@') ? '-1001234567890' : to);
  entry.messageId = `${message.chat.id}:${message.message_id}`;
  return message;
}

function messageOf(id: string, chat: string) {
  return { message_id: Number(id), date: 1795255200, chat: { id: Number(chat), type: 'private', first_name: 'Ada' } };
}
