import type { LedgerEntry } from './described-server';

/** How a server plays one provider. */
export interface Player {
  /** Its official description, in the folder descriptions. */
  file: string;
  /** Answers by path that the description leaves out. */
  unlisted: Readonly<Record<string, object>>;
  /** The ordinary answer; gives an accepted message its id. */
  answer(entry: LedgerEntry): { status: number; headers?: Record<string, string>; body: object | string };
  /** The body of a refusal. */
  refusal(status: number, message: string): object;
}

const hex = (number: number, length: number) => number.toString(16).padStart(length, '0');

export const PLAYERS = {
  sendgrid: {
    file: 'tsg_mail_v3.json',
    unlisted: { '/v3/scopes': { scopes: ['mail.send', 'sender_verification_eligible'] } },
    answer: (entry) => {
      entry.messageId = `sg${hex(entry.number, 20)}`;
      return { status: 202, headers: { 'x-message-id': entry.messageId }, body: '' };
    },
    refusal: (_status, message) => ({ errors: [{ message, field: null, help: null }] }),
  },
  twilio: {
    file: 'api_v2010.messages.openapi.json',
    unlisted: {},
    answer: (entry) => {
      if (entry.method === 'POST') return { status: 201, body: newMessage(entry) };
      const isList = entry.path.endsWith('/Messages.json');
      return { status: 200, body: isList ? { messages: [], next_page_uri: null } : { sid: 'AC', status: 'active' } };
    },
    refusal: (status, message) => ({
      code: 21602,
      message,
      more_info: 'https://www.twilio.com/docs/errors/21602',
      status,
    }),
  },
} satisfies Record<string, Player>;

function newMessage(entry: LedgerEntry): object {
  entry.messageId = `SM${hex(entry.number, 32)}`;
  const { To: to, From: from, Body: body } = entry.body;
  return {
    sid: entry.messageId,
    status: 'queued',
    to,
    from: from ?? null,
    body: body ?? '',
    // "0" until a Messaging Service has chosen the sender.
    num_segments: from ? '1' : '0',
    price: null,
    price_unit: null,
    error_code: null,
    direction: 'outbound-api',
  };
}
