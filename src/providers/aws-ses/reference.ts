import { isJsonObject, textOf, type JsonObject } from '../json';

/** Name of the message tag that comes back in every event of a configuration set. */
export const REF_TAG = 'carillon_ref';

/** The same as a header: notifications of an identity bring no tags, but headers where that is switched on. */
export const REF_HEADER = 'X-Carillon-Ref';

/** A tag holds letters, digits, underscores and dashes only, and a reference has a dot but no underscore. */
export function tagOf(ref: string): string {
  return ref.replaceAll('.', '_');
}

/** Our reference in the `mail` object of an event. */
export function refOf({ tags, headers }: JsonObject): string | undefined {
  const values = isJsonObject(tags) ? tags[REF_TAG] : undefined;
  const tag: unknown = Array.isArray(values) ? values[0] : undefined;
  if (typeof tag === 'string' && tag !== '') return tag.replaceAll('_', '.');
  const all: unknown[] = Array.isArray(headers) ? headers : [];
  const header = all.filter(isJsonObject).find(({ name }) => String(name).toLowerCase() === REF_HEADER.toLowerCase());
  return header && textOf(header, 'value');
}
