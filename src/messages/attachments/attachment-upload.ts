import type { IncomingMessage } from 'node:http';
import { Busboy, type BusboyConfig } from '@fastify/busboy';
import { collectBody } from '../../platform/http/collect-body';
import { Problem } from '../../platform/http/problem';

/** A file as it came. */
export interface UploadedFile {
  /** As the sender wrote it. */
  filename: string;
  content: Buffer;
}

/** Longest file in bytes: 10 MB. */
const LONGEST_FILE = 10_000_000;
/** What boundaries and the headers of the parts may add to it. */
const LONGEST_FORM = LONGEST_FILE + 10_000;
/** Name of the form field that holds the file. */
const FIELD = 'file';

/**
 * The one file in a multipart form (RFC 7578), read from a request whose body nobody has touched.
 * @throws Problem 415 for any other body, 400 for a broken one, 413 for a file over 10 MB, 422 unless the form is exactly one
 * file in the field `file`
 */
export async function readUpload(request: IncomingMessage): Promise<UploadedFile> {
  const parser = parserFor(request.headers['content-type'] ?? '');
  const form = await parse(parser, await collectBody(request, LONGEST_FORM));
  const [file] = form.files;
  if (form.hasSurplus) throw Problem.invalidField(`/${FIELD}`, `must be one file, and the only part of the form`);
  if (!file || file.field !== FIELD) throw Problem.invalidField(`/${FIELD}`, 'is needed, as a file with its name');
  if (file.isTooLong) throw Problem.payloadTooLarge(LONGEST_FILE);
  return { filename: file.filename, content: Buffer.concat(file.chunks) };
}

type Parser = InstanceType<typeof Busboy>;

/** The parser refuses a Content-Type without a boundary by throwing. */
function parserFor(contentType: string): Parser {
  const limits: BusboyConfig['limits'] = { files: 1, fields: 1, fieldSize: 1000, fileSize: LONGEST_FILE, parts: 2 };
  try {
    if (/^multipart\/form-data[\t ]*;/i.test(contentType))
      return new Busboy({ headers: { 'content-type': contentType }, limits });
  } catch {
    // No boundary; answered as any other type that is not a form.
  }
  throw Problem.unsupportedMediaType('Content-Type must be multipart/form-data with its boundary.');
}

interface Form {
  files: { field: string; filename: string; chunks: Buffer[]; isTooLong: boolean }[];
  /** Whether there was anything besides the first file. */
  hasSurplus: boolean;
}

function parse(parser: Parser, body: Buffer): Promise<Form> {
  return new Promise((resolve, reject) => {
    const form: Form = { files: [], hasSurplus: false };
    const broken = () => reject(Problem.invalidRequest('The multipart body is not complete or not well-formed.'));
    const surplus = () => (form.hasSurplus = true);
    parser.on('file', (field, stream, filename?: string) => {
      const file = { field, filename: filename ?? '', chunks: [] as Buffer[], isTooLong: false };
      form.files.push(file);
      stream.on('data', (chunk: Buffer) => file.chunks.push(chunk));
      stream.on('limit', () => (file.isTooLong = true));
      stream.on('error', broken);
    });
    for (const event of ['field', 'filesLimit', 'fieldsLimit', 'partsLimit'] as const) parser.on(event, surplus);
    parser.on('error', broken);
    parser.on('finish', () => resolve(form));
    parser.end(body);
  });
}
