import { consentOf } from '../keywords';
import type { ConsentEvent } from '../provider';

/** What a person wants of us from now on, and the word it was said with. */
export type Wish = Pick<ConsentEvent, 'action' | 'source'>;

const ACTIONS: Readonly<Record<string, Wish['action']>> = { '/start': 'OPTED_IN', '/stop': 'OPTED_OUT' };

/** `/start` opens a chat, alone or with the token of a deep link; Telegram itself makes nothing of `/stop` or of keywords. */
export function wishOf(text: string | undefined, bot: string): Wish | undefined {
  if (text === undefined) return undefined;
  const [, command, addressee] = /^(\/start|\/stop)(@\w+)?(?=\s|$)/i.exec(text) ?? [];
  if (addressee !== undefined && addressee.toLowerCase() !== bot.toLowerCase()) return undefined;
  const source = command?.toLowerCase();
  const action = source && ACTIONS[source];
  if (source && action) return { action, source };
  const consent = consentOf(text);
  return consent && { action: consent.action, source: consent.keyword };
}
