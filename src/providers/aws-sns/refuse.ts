import type { Capabilities } from '../provider';
import { refuseByCapabilities, type Judged, type Refusal } from '../refusals';

/** Of one Publish, in UTF-8, however many parts that makes ("Publishing to a mobile phone"). */
const MAX_BYTES = 1600;

/** Nothing that Publish takes along comes back, and SNS itself reports no delivery, so there is no echo to wait for. */
export const CAPABILITIES: Capabilities = {
  messageTypes: ['TEXT', 'TEMPLATE'],
  maxTextLength: MAX_BYTES,
  maxButtons: 0,
  attachments: false,
  providerTemplates: false,
  receipts: [],
  inbound: true,
  echoWindowMs: 0,
  // An origination number of 5 to 14 digits, or a sender ID: 3 to 11 letters and digits, at least one of them a letter.
  fromPattern: '\\+?[1-9]\\d{4,13}|(?=.*[A-Za-z])[A-Za-z0-9]{3,11}',
};

export function refuse(message: Judged): Refusal[] {
  return [...refuseByCapabilities(message, CAPABILITIES), ...tooManyBytes(message)];
}

/** A text that has fewer characters than SNS takes bytes; the others are refused by their length already. */
function tooManyBytes({ content: { text = '' } }: Judged): Refusal[] {
  const bytes = Buffer.byteLength(text);
  if (text.length > MAX_BYTES || bytes <= MAX_BYTES) return [];
  return [{ pointer: '/content/text', message: `At most ${MAX_BYTES} bytes in UTF-8; this has ${bytes}.` }];
}
