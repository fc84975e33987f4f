import { decodedBody, decodeWords, parameterOf, splitParts, type MimePart } from '../../src/providers/mime';
import type { SmtpRequest } from '../../src/providers/smtp-io';

/** A mail as a fixture writes it: server and login, envelope, and the mail as a tree of header lines and decoded bodies. */
export function mailOf({ host, port, secure, user, envelope, raw }: SmtpRequest): unknown {
  const login = user === undefined ? 'without a login' : `as ${user}`;
  return { server: `${host}:${port} ${secure} ${login}`, envelope, mail: treeOf(withoutLastLineEnd(raw)) };
}

/** Every mail ends with a line end, which is not its text's. */
function withoutLastLineEnd(raw: Buffer): Buffer {
  return raw.subarray(-2).toString('latin1') === '\r\n' ? raw.subarray(0, -2) : raw;
}

/** Header lines are unfolded, encoded words decoded and boundaries left out; what is not text stays bytes. */
function treeOf(bytes: Buffer): unknown {
  const end = bytes.indexOf('\r\n\r\n');
  const lines = bytes
    .toString('latin1', 0, end)
    .replaceAll(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => [line.split(':')[0]?.toLowerCase(), valueOf(line)]));
  const contentType = headers['content-type'] ?? '';
  const part: MimePart = { headers, body: bytes.subarray(end + 4) };
  const boundary = parameterOf(contentType, 'boundary');
  const shown = lines.map((line) => decodeWords(line.replace(/; boundary="[^"]*"/, '')));
  if (boundary !== undefined) return { headers: shown, parts: splitWhole(part.body, boundary).map(treeOf) };
  const body = decodedBody(part);
  return { headers: shown, body: contentType.startsWith('text/') ? body.toString() : body };
}

/** The parts with their header lines, which `splitParts` has already read. */
function splitWhole(body: Buffer, boundary: string): Buffer[] {
  const count = splitParts(body, boundary).length;
  const pieces = body.toString('latin1').split(`--${boundary}`);
  return pieces.slice(1, count + 1).map((piece) => Buffer.from(piece.replace(/^\r\n|\r\n$/g, ''), 'latin1'));
}

function valueOf(line: string): string {
  return line.slice(line.indexOf(':') + 1).trim();
}
