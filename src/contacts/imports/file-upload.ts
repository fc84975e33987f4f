import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy } from '@fastify/busboy';
import { Problem } from '../../platform/http/problem';

/** Name of the form field that holds the file. */
const FIELD = 'file';
/** So much of a body that was refused is read on, so that the caller can read the answer. */
const DRAINED_BYTES = 64_000_000;

/**
 * The bytes of an uploaded file as they come: the body itself, or the one file of a multipart form. Iterating rejects with a
 * Problem when the body breaks off or the form is something else; leaving off early keeps the connection open.
 * @throws Problem 415 for a body of another type, 422 for a form without a file in the field `file`
 */
export async function openUpload(request: IncomingMessage): Promise<AsyncIterable<Buffer>> {
  const type = request.headers['content-type'] ?? '';
  if (/^text\/csv[\t ]*(;|$)/i.test(type)) return blocksOf(request);
  if (/^multipart\/form-data[\t ]*;/i.test(type)) return openForm(request, type);
  throw Problem.unsupportedMediaType('Content-Type must be text/csv, or multipart/form-data with the file in `file`.');
}

/** Reads the rest of a body that nobody wants, up to a limit. */
export async function drain(request: IncomingMessage): Promise<void> {
  request.unpipe();
  let bytes = 0;
  try {
    for await (const block of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)
      if ((bytes += block.length) > DRAINED_BYTES) return;
  } catch {
    // Gone; there is nobody to answer to.
  }
}

async function* blocksOf(stream: Readable): AsyncGenerator<Buffer> {
  try {
    yield* stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch {
    throw Problem.invalidRequest('The body was not complete.');
  }
}

function openForm(request: IncomingMessage, type: string): Promise<AsyncIterable<Buffer>> {
  const form = parserOf(type);
  return new Promise((resolve, reject) => {
    let hasSurplus = false;
    const surplus = (): void => void (hasSurplus = true);
    const ended = new Promise<void>((end, fail) => {
      const broken = (): void => fail(Problem.invalidRequest('The multipart body is not complete or not well-formed.'));
      form.once('finish', end).once('error', broken);
      request.once('error', broken).once('aborted', broken);
    });
    for (const event of ['field', 'filesLimit', 'fieldsLimit', 'partsLimit'] as const) form.on(event, surplus);
    form.once('file', (field: string, file: Readable) => {
      if (field === FIELD) return resolve(fileOf(file, ended, () => hasSurplus));
      file.resume();
      reject(Problem.invalidField(`/${FIELD}`, 'is the field that the file must be in'));
    });
    ended.then(() => reject(Problem.invalidField(`/${FIELD}`, 'is needed, as a file with its name')), reject);
    request.pipe(form);
  });
}

async function* fileOf(file: Readable, ended: Promise<void>, hasSurplus: () => boolean): AsyncGenerator<Buffer> {
  yield* file.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  await ended;
  if (hasSurplus()) throw Problem.invalidField(`/${FIELD}`, 'must be the only part of the form');
}

/** The parser refuses a Content-Type without a boundary by throwing. */
function parserOf(type: string): InstanceType<typeof Busboy> {
  try {
    const limits = { files: 1, fields: 1, fieldSize: 1000, fileSize: Number.POSITIVE_INFINITY, parts: 2 };
    return new Busboy({ headers: { 'content-type': type }, limits });
  } catch {
    throw Problem.unsupportedMediaType('Content-Type must be multipart/form-data with its boundary.');
  }
}
