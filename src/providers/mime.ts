/** One part of a MIME message or of a form: header names in lower case, first value of each. */
export interface MimePart {
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** Deeper nesting than this is no mail that a person wrote. */
const MAX_DEPTH = 8;
const MAX_PARTS = 200;

/** Splits the header lines from the body (RFC 5322), unfolding continued lines. */
export function readPart(bytes: Buffer): MimePart {
  const [end, bodyStart] = endOfHeaders(bytes);
  const lines = bytes
    .toString('latin1', 0, end)
    .replace(/\r?\n[ \t]+/g, ' ')
    .split(/\r?\n/);
  return { headers: readHeaderLines(lines), body: bytes.subarray(bodyStart) };
}

/** Header lines ("Name: value") as a record; the first of equal names wins. */
export function readHeaderLines(lines: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon).trim().toLowerCase()] ??= line.slice(colon + 1).trim();
  }
  return headers;
}

/** The parts between the boundaries (RFC 2046, 5.1.1); none when the boundary does not occur. */
export function splitParts(body: Buffer, boundary: string): MimePart[] {
  const delimiter = Buffer.from(`--${boundary}`, 'latin1');
  const parts: MimePart[] = [];
  let start = startOfLine(body, delimiter, 0);
  while (start !== -1 && parts.length < MAX_PARTS) {
    const from = start + delimiter.length;
    if (body.toString('latin1', from, from + 2) === '--') break;
    const next = startOfLine(body, delimiter, from);
    if (next === -1) break;
    parts.push(readPart(withoutLineEnds(body, from, next)));
    start = next;
  }
  return parts;
}

/** The first parameter of that name in a structured header: `boundary` of a content type, `filename` of a disposition. */
export function parameterOf(header: string, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(header);
  return match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2];
}

/** All leaves of a message, depth first. */
export function leavesOf(part: MimePart, depth = 0): MimePart[] {
  const contentType = part.headers['content-type'] ?? '';
  const boundary = /^multipart\//i.test(contentType) ? parameterOf(contentType, 'boundary') : undefined;
  if (boundary === undefined || depth >= MAX_DEPTH) return [part];
  return splitParts(part.body, boundary).flatMap((child) => leavesOf(child, depth + 1));
}

/** The bytes of a leaf without their transfer encoding (RFC 2045, 6). */
export function decodedBody({ headers, body }: MimePart): Buffer {
  const encoding = (headers['content-transfer-encoding'] ?? '').toLowerCase();
  if (encoding === 'base64') return Buffer.from(body.toString('latin1'), 'base64');
  return encoding === 'quoted-printable'
    ? decodeQuotedPrintable(body.toString('latin1').replace(/=[ \t]*\r?\n/g, ''))
    : body;
}

/** Text in the named charset; one that this machine does not know is read as UTF-8. */
export function decodeText(bytes: Buffer, charset: string | undefined): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** Encoded words of a header value (RFC 2047): `=?utf-8?Q?caf=C3=A9?=`. */
export function decodeWords(value: string): string {
  const joined = value.replace(/(\?=)\s+(=\?)/g, '$1$2');
  return joined.replace(
    /=\?([\w-]+)(?:\*[\w-]+)?\?([bq])\?([^?\s]*)\?=/gi,
    (_word, charset: string, encoding: string, text: string) => {
      const bytes =
        encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64') : decodeQuotedPrintable(text.replaceAll('_', ' '));
      return decodeText(bytes, charset);
    },
  );
}

function decodeQuotedPrintable(text: string): Buffer {
  return Buffer.from(
    text.replace(/=([0-9a-f]{2})/gi, (_code, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  );
}

function endOfHeaders(bytes: Buffer): [end: number, bodyStart: number] {
  if (bytes.subarray(0, 2).toString('latin1') === '\r\n') return [0, 2];
  const crlf = bytes.indexOf('\r\n\r\n');
  if (crlf !== -1) return [crlf, crlf + 4];
  const lf = bytes.indexOf('\n\n');
  return lf === -1 ? [bytes.length, bytes.length] : [lf, lf + 2];
}

/** The delimiter stands at the beginning of a line and is the whole of it, but for the closing dashes and blanks. */
function startOfLine(body: Buffer, delimiter: Buffer, from: number): number {
  for (let at = body.indexOf(delimiter, from); at !== -1; at = body.indexOf(delimiter, at + 1)) {
    const rest = body.toString('latin1', at + delimiter.length, at + delimiter.length + 2);
    if ((at === 0 || body[at - 1] === 0x0a) && /^(--|[ \t\r\n]|$)/.test(rest)) return at;
  }
  return -1;
}

/** Without the line end after the boundary that opens the part and the one before the boundary that closes it. */
function withoutLineEnds(body: Buffer, from: number, next: number): Buffer {
  const start = body.indexOf('\n', from) + 1;
  const end = body[next - 2] === 0x0d ? next - 2 : next - 1;
  return body.subarray(start, Math.max(start, end));
}
