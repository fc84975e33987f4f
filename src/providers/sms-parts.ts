import { SegmentedMessage } from 'sms-segments-calculator';

/** How many parts a text takes on the air (GSM-7 or UCS-2, chosen by its characters). An estimate: the provider's own number is the fact. */
export function countSmsParts(text: string): number {
  return new SegmentedMessage(text, 'auto').segmentsCount;
}

/** Whether every character is of the GSM-7 alphabet or its extension; any other makes the whole text UCS-2. */
export function isGsm7(text: string): boolean {
  return new SegmentedMessage(text, 'auto').encodingName === 'GSM-7';
}
