import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

/** The country that a number belongs to (ISO 3166-1, `DE`), or the WhatsApp id of somebody who hides theirs; else undefined. */
export function countryOf(address: string): string | undefined {
  if (address.startsWith('+')) return parsePhoneNumberFromString(address, { extract: false })?.country;
  return /^([A-Z]{2})\.\d/.exec(address)?.[1];
}
