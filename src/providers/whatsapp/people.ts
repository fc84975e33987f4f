import { textOf, type JsonObject } from '../json';

/**
 * A business-scoped user id ("US.13491208655302741918", of a parent business "US.ENT.…"): what Meta gives for people who
 * show a username instead of their number.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/business-scoped-user-ids
 */
const BUSINESS_SCOPED_ID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/;

/** Who a message goes to: a number, which Meta wants without its plus, or a business-scoped id, which has a field of its own. */
export function recipientOf(to: string): { to: string } | { recipient: string } {
  return BUSINESS_SCOPED_ID.test(to) ? { recipient: to } : { to: to.replace(/^\+/, '') };
}

/** The first address among these members: numbers get the plus that Meta leaves out, all else is opaque and stays as it is. */
export function addressIn(object: JsonObject, ...names: readonly string[]): string | undefined {
  const id = names.map((name) => textOf(object, name)).find((value) => value !== undefined);
  return id !== undefined && /^\d{5,15}$/.test(id) ? `+${id}` : id;
}
