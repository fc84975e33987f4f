import { setTimeout as wait } from 'node:timers/promises';
import { resultOf } from '../faults';
import type { Account, OutboundMessage, ProviderIo, SandboxOutbox, SendResult } from '../provider';
import { countSmsParts } from '../sms-parts';
import { behaviourOf, type Behaviour, type Echo } from './behaviour';

const RETRY_AFTER_MS = 200;

/** Ten-thousandths of a dollar for one part of an SMS, so that cost has something to count. */
const SMS_PART_PRICE = 75;

const REPLY_TEXT = 'Thank you, got it.';

/** Stores the message with the application and has the recipient's events called back. */
export async function send(message: OutboundMessage, account: Account, io: ProviderIo): Promise<SendResult> {
  const { sandbox } = io;
  if (!sandbox) throw new Error('The sandbox provider needs ProviderIo.sandbox.');

  const behaviour = behaviourOf(message.channelType, message.to);
  if (behaviour.answersAfterMs) await wait(behaviour.answersAfterMs);

  const fault = faultFor(message, behaviour);
  if (fault && !behaviour.deliversAnyway) return resultOf(fault, behaviour.faultUntilAttempt && RETRY_AFTER_MS);

  await deliver(message, { account, io, sandbox, echoes: behaviour.echoes });
  return fault ? resultOf(fault) : accepted(message);
}

interface Delivery {
  account: Account;
  io: ProviderIo;
  sandbox: SandboxOutbox;
  echoes: readonly Echo[];
}

async function deliver(message: OutboundMessage, { account, io, sandbox, echoes }: Delivery): Promise<void> {
  await sandbox.deliver(account, message, providerMessageId(message));
  for (const { type, delayMs } of echoes) {
    const at = new Date(io.now().getTime() + delayMs).toISOString();
    const event = { id: `${message.ref}:${type}`, type, at, ref: message.ref, messageId: providerMessageId(message) };
    const addressed = { ...event, to: message.to, from: account.from, ...replyTo(message, type) };
    await sandbox.emit(account, { events: [addressed] }, delayMs);
  }
}

function replyTo(message: OutboundMessage, type: Echo['type']): { text?: string; subject?: string } {
  if (type !== 'reply') return {};
  const { subject } = message.content;
  return subject === undefined ? { text: REPLY_TEXT } : { text: REPLY_TEXT, subject: `Re: ${subject}` };
}

/** The attempt number stands in the ref, so the behaviour needs no memory. */
function faultFor(message: OutboundMessage, { fault, faultUntilAttempt }: Behaviour): Behaviour['fault'] {
  const attempt = Number(message.ref.slice(message.ref.lastIndexOf('.') + 1));
  return faultUntilAttempt !== undefined && attempt > faultUntilAttempt ? undefined : fault;
}

function accepted(message: OutboundMessage): SendResult {
  const result = { outcome: 'ACCEPTED' as const, providerMessageId: providerMessageId(message) };
  if (message.channelType !== 'SMS') return result;

  const parts = countSmsParts(message.content.text ?? '') || 1;
  return { ...result, parts, cost: { amount: ((parts * SMS_PART_PRICE) / 10_000).toFixed(4), currency: 'USD' } };
}

function providerMessageId(message: OutboundMessage): string {
  return `sandbox-${message.ref}`;
}
