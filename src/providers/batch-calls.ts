import { createHash } from 'node:crypto';
import { resultOf } from './faults';
import { BATCH_REFUSED, type Attachment, type OutboundMessage, type SendResult } from './provider';

/** Messages that a call refused together come again at once, in a smaller company: nothing was wrong with most of them. */
const AGAIN_AFTER_MS = 1_000;

/** How often a first message is taken to gather those that fit it; what is left goes alone. */
const GATHERINGS = 8;

/**
 * What a call that was answered once for all means for each of its messages. A refusal is not held against anybody, unless the
 * provider named whose fault it was: it may be one message's, and alone each gets an answer of its own.
 *
 * @param blamed results of messages that the provider named, by their place in the call.
 */
export function resultsOfCall(
  result: SendResult,
  messages: readonly OutboundMessage[],
  blamed: ReadonlyMap<number, SendResult> = new Map(),
): SendResult[] {
  if (result.outcome !== 'REJECTED_PERMANENT' || messages.length === 1) return messages.map(() => result);
  const { message } = result.fault;
  const notTaken = resultOf({ class: 'transient', code: BATCH_REFUSED, message }, AGAIN_AFTER_MS);
  return messages.map((_message, index) => blamed.get(index) ?? notTaken);
}

/** A message that was left out of a call: it was not sent. */
export function leftOut(code: 'same_recipient' | 'does_not_fit', message: string): SendResult {
  return { outcome: 'NOT_SENT', fault: { class: 'transient', code, message } };
}

/**
 * Divides messages so that each part fits. Where all of them do not, those that fit the first are gathered, and then those that
 * fit the first of the rest; a part that still does not is halved.
 */
export function partsThatFit(
  messages: readonly OutboundMessage[],
  fits: (part: readonly OutboundMessage[]) => boolean,
  gatherings = GATHERINGS,
): OutboundMessage[][] {
  const [first, ...others] = messages;
  if (!first) return [];
  if (!others.length || fits(messages)) return [[...messages]];
  if (gatherings === 0) return messages.map((message) => [message]);
  const { near = [], far = [] } = Object.groupBy(others, (other) => (fits([first, other]) ? 'near' : 'far'));
  const gathered = far.length ? [[first, ...near]] : halves(messages);
  return [...gathered, far].flatMap((part) => partsThatFit(part, fits, gatherings - 1));
}

function halves<T>(all: readonly T[]): T[][] {
  const middle = Math.ceil(all.length / 2);
  return [all.slice(0, middle), all.slice(middle)];
}

const digests = new WeakMap<Buffer, string>();

/** Says of files whether they are the same. The bytes of one buffer are read once, however many messages hold it. */
export function filesKey(attachments: readonly Attachment[] = []): unknown[] {
  return attachments.map(({ content, ...file }) => {
    let digest = digests.get(content);
    if (digest === undefined) digests.set(content, (digest = createHash('sha256').update(content).digest('base64')));
    return { ...file, digest };
  });
}
