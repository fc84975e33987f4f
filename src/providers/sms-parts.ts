import { SegmentedMessage } from 'sms-segments-calculator';

/** How many parts a text takes on the air (GSM-7 or UCS-2, chosen by its characters). An estimate: the provider's own number is the fact. */
export function countSmsParts(text: string): number {
  return new SegmentedMessage(text, 'auto').segmentsCount;
}
