import { isJsonObject, type JsonObject } from '../json';

/** The member when it is an object; an empty one when it is anything else, so that nested members can be asked for at once. */
export function objectOf(object: JsonObject, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isJsonObject(value) ? value : {};
}

/** The elements of a list, whatever they are; none when the member is no list. */
export function elementsOf(object: JsonObject, name: string): unknown[] {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return Array.isArray(value) ? value : [];
}

/** The elements of a list that are objects. */
export function objectsOf(object: JsonObject, name: string): JsonObject[] {
  return elementsOf(object, name).filter(isJsonObject);
}

/** The member as a finite number; Meta writes some numbers as text. */
export function numberOf(object: JsonObject, name: string): number | undefined {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  if (typeof value !== 'number' && (typeof value !== 'string' || value.trim() === '')) return undefined;
  return Number.isFinite(Number(value)) ? Number(value) : undefined;
}
