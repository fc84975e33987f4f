import { randomUUID } from 'node:crypto';

/** One field of a form, or one file. */
export type FormPart =
  { name: string; value: string } | { name: string; filename: string; contentType: string; content: Buffer };

/** A `multipart/form-data` body (RFC 7578) with its Content-Type. */
export function encodeMultipart(parts: readonly FormPart[]): { contentType: string; body: Buffer } {
  const boundary = `carillon-${randomUUID()}`;
  const chunks = parts.flatMap((part) => [
    Buffer.from(`--${boundary}\r\n${headersOf(part)}\r\n\r\n`),
    'value' in part ? Buffer.from(part.value) : part.content,
    Buffer.from('\r\n'),
  ]);
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]),
  };
}

function headersOf(part: FormPart): string {
  const disposition = `Content-Disposition: form-data; name="${escaped(part.name)}"`;
  if ('value' in part) return disposition;
  // What would end the line of a header is not let into it.
  const contentType = part.contentType.replace(/[\r\n]/g, ' ');
  return `${disposition}; filename="${escaped(part.filename)}"\r\nContent-Type: ${contentType}`;
}

/** As browsers do it (HTML, "escape a name for a multipart form"): nothing in a name can end it or begin a header. */
function escaped(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
