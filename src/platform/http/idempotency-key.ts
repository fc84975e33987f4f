import { createHash } from 'node:crypto';
import { Problem } from './problem';

/**
 * The value of an Idempotency-Key header: 1 to 255 visible ASCII characters, not in double quotes. The draft asks for a
 * quoted string, all of the field sends it bare; taking both would make two keys of one.
 * @throws Problem invalid_header for anything else, two headers included
 */
export function readIdempotencyKey(header: string | string[] | undefined): string {
  if (typeof header === 'string' && /^(?!")[\x21-\x7e]{1,255}(?<!")$/.test(header)) return header;
  throw Problem.invalidHeader(
    'Idempotency-Key',
    'must be 1 to 255 visible ASCII characters without spaces or quotes around',
  );
}

/** What a request asks for, as SHA-256 in hex: the same for two spellings of one JSON value (RFC 8785). */
export function fingerprint(body: unknown, params: unknown, contentType: string | undefined): string {
  const mediaType = (contentType ?? '').toLowerCase().replaceAll(' ', '');
  return createHash('sha256')
    .update(canonicalJson([body, params, mediaType]))
    .digest('hex');
}

/**
 * RFC 8785: no white space, keys in the order of their UTF-16 units, numbers as JavaScript prints them. Takes what
 * JSON.parse gives; undefined counts as null in arrays and as absent in objects, as in JSON.stringify. Recursive: the depth
 * of the value is limited where it is parsed.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';

  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
