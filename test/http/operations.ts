import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One operation of openapi.json, with everything in it that names a row. */
export interface Operation {
  id: string;
  method: string;
  /** Below the prefix, such as `/messages/{id}`; outside of it for health and metrics. */
  path: string;
  isApi: boolean;
  /** The permission that it demands, as the description says; undefined where it is open to everybody. */
  permission: string | undefined;
  /** Hands out what cannot be masked, and so demands contacts:pii besides. */
  isRaw: boolean;
  /** Demands its permission on every channel type. */
  isOnEveryType: boolean;
  isList: boolean;
  pathNames: string[];
  queryNames: string[];
  /** Fields of the JSON body whose name says that they hold an id, such as `recipients[].contactId`. */
  bodyIds: string[];
  hasBody: boolean;
}

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

interface Described {
  operationId: string;
  'x-permission'?: string;
  'x-permission-besides'?: string;
  'x-every-channel-type'?: boolean;
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

interface Document {
  paths: Record<string, Record<string, Described>>;
  components: { schemas: Record<string, Schema> };
}

const PREFIX = '/api/v1/communication';

/** Whether a field of this name holds the id of something; a consumer group of Kafka is nothing of ours. */
export const isIdName = (name: string): boolean => name !== 'groupId' && /^(id|ids|assignedTo)$|Ids?$/.test(name);

/** The operations of openapi.json; those that remove come last, so that what they remove was used before. */
export function readOperations(): Operation[] {
  const document: Document = JSON.parse(readFileSync(join(__dirname, '..', '..', 'openapi.json'), 'utf8'));
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => operationOf(document, { method, path, described })),
  );
  return operations.toSorted((a, b) => rank(a) - rank(b));
}

/** Parts are removed before what they are parts of, and what is removed can still be erased. */
function rank({ method, path, id }: Operation): number {
  if (id === 'peopleErase') return 200;
  return method === 'DELETE' ? 100 - path.split('/').length : 0;
}

function operationOf(
  document: Document,
  { method, path, described }: { method: string; path: string; described: Described },
): Operation {
  const { operationId, parameters = [], requestBody } = described;
  const names = (place: string) => parameters.filter((each) => each.in === place).map(({ name }) => name);
  const [body] = Object.values(requestBody?.content ?? {});
  return {
    id: operationId,
    method: method.toUpperCase(),
    path: path.replace(PREFIX, ''),
    isApi: path.startsWith(PREFIX),
    permission: described['x-permission'],
    isRaw: described['x-permission-besides'] !== undefined,
    isOnEveryType: described['x-every-channel-type'] ?? false,
    isList: names('query').includes('cursor'),
    pathNames: names('path'),
    queryNames: names('query'),
    bodyIds: body ? idsIn(document, body.schema, { path: '', seen: [] }) : [],
    hasBody: body !== undefined,
  };
}

function idsIn(document: Document, schema: Schema, at: { path: string; seen: readonly string[] }): string[] {
  const { $ref: reference, properties = {}, items, allOf = [], anyOf = [], oneOf = [] } = schema;
  if (reference) {
    if (at.seen.includes(reference)) return [];
    const target = document.components.schemas[reference.split('/').at(-1) ?? ''];
    if (!target) throw new Error(`openapi.json does not describe ${reference}`);
    return idsIn(document, target, { path: at.path, seen: [...at.seen, reference] });
  }
  const own = Object.entries(properties).flatMap(([name, property]) => {
    const path = at.path ? `${at.path}.${name}` : name;
    if (name === 'externalReferences') return []; // what other systems call it is nobody's row here
    return isIdName(name) ? [path] : idsIn(document, property, { ...at, path });
  });
  const listed = items ? idsIn(document, items, { ...at, path: `${at.path}[]` }) : [];
  const joined = [...allOf, ...anyOf, ...oneOf].flatMap((part) => idsIn(document, part, at));
  return [...new Set([...own, ...listed, ...joined])];
}
