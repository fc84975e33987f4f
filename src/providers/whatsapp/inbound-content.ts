import { textOf, type JsonObject } from '../json';
import type { Content, Location } from '../provider';
import { numberOf, objectOf, objectsOf } from './members';

/** A text, or nothing where there is none. */
export function textContent(text: string): Content {
  return text === '' ? {} : { text };
}

/** A file: Meta gives an id, behind which its address can be asked for. */
export function mediaOf(message: JsonObject, kind: string): Content {
  const file = objectOf(message, kind);
  const named = {
    ref: textOf(file, 'id'),
    contentType: textOf(file, 'mime_type'),
    filename: textOf(file, 'filename'),
    caption: textOf(file, 'caption'),
  };
  const known = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return { media: { url: '', ...known } };
}

/** Undefined without two readable coordinates. */
export function locationOf(place: JsonObject): Location | undefined {
  const [latitude, longitude] = [numberOf(place, 'latitude'), numberOf(place, 'longitude')];
  const [name, address] = [textOf(place, 'name'), textOf(place, 'address')];
  if (latitude === undefined || longitude === undefined) return undefined;
  return { latitude, longitude, ...(name !== undefined && { name }), ...(address !== undefined && { address }) };
}

/** Shared contacts, a line for each: the name, then the numbers. */
export function contactLines(message: JsonObject): string {
  const lines = objectsOf(message, 'contacts').map((contact) => {
    const name = textOf(objectOf(contact, 'name'), 'formatted_name');
    const numbers = objectsOf(contact, 'phones').map((phone) => textOf(phone, 'phone') ?? textOf(phone, 'wa_id'));
    return [name, ...numbers].filter((part) => part !== undefined).join(', ');
  });
  return lines.filter((line) => line !== '').join('\n');
}

/** An order from a catalogue: what the person wrote with it, then a line for each item. */
export function orderLines(order: JsonObject): string {
  const items = objectsOf(order, 'product_items').map((item) => {
    const price = [numberOf(item, 'item_price'), textOf(item, 'currency')].filter((part) => part !== undefined);
    const cost = price.length > 0 ? ` (${price.join(' ')})` : '';
    return `${numberOf(item, 'quantity') ?? 1} x ${textOf(item, 'product_retailer_id') ?? '?'}${cost}`;
  });
  return [textOf(order, 'text'), ...items].filter((line) => line !== undefined).join('\n');
}
