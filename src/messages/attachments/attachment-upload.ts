import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyConfig } from '@fastify/busboy';
import { Problem } from '../../platform/http/problem';

/** Longest file in bytes: 10 MB. */
const LONGEST_FILE = 10_000_000;
/** What boundaries and the headers of the parts may add to it. */
const LONGEST_FORM = LONGEST_FILE + 10_000;
/** Up to this many times the limit, a form that is too long is read to its end, so that the caller can read the answer. */
const DRAIN_FACTOR = 2;
/** Name of the form field that holds the file. */
const FIELD = 'file';

/** What becomes of the file while it comes in: `kept` when all of it is there, `abandon` when the form turns out bad. */
export interface Intake<T> {
  keep(filename: string, content: Readable): Promise<T>;
  abandon(kept: T): Promise<void>;
}

/**
 * Hands the one file in a multipart form (RFC 7578) on as it comes in, from a request whose body nobody has touched.
 * @throws Problem 415 for any other body, 400 for a broken one, 413 for a file over 10 MB, 422 unless the form is exactly one
 * file in the field `file`, and whatever `keep` rejects with
 */
export async function readUpload<T>(request: IncomingMessage, intake: Intake<T>): Promise<T> {
  const parser = parserFor(request.headers['content-type'] ?? '');
  if (Number(request.headers['content-length']) > LONGEST_FORM * DRAIN_FACTOR)
    throw Problem.payloadTooLarge(LONGEST_FILE);
  const form = new Form(parser, intake);
  try {
    await form.read(request);
  } catch (error) {
    request.unpipe(parser);
    request.resume(); // a caller that still writes does not read
    await form.abandon();
    throw error;
  }
  return form.kept();
}

type Parser = InstanceType<typeof Busboy>;
type FileStream = Readable & { truncated?: boolean };

/** The parser refuses a Content-Type without a boundary by throwing. */
function parserFor(contentType: string): Parser {
  const limits: BusboyConfig['limits'] = { files: 1, fields: 1, fieldSize: 1000, fileSize: LONGEST_FILE, parts: 2 };
  try {
    if (/^multipart\/form-data[\t ]*;/i.test(contentType))
      return new Busboy({ headers: { 'content-type': contentType }, limits });
  } catch {
    // No boundary; answered as any other type that is not a form.
  }
  throw Problem.unsupportedMediaType(
    'Content-Type must be multipart/form-data with its boundary, or application/json for a file by its address.',
  );
}

/** One form while it is read. */
class Form<T> {
  private file: { stream: FileStream; kept: Promise<T> } | undefined;
  private fault: Problem | undefined;

  constructor(
    private readonly parser: Parser,
    private readonly intake: Intake<T>,
  ) {}

  /** Resolves when the form has ended well and its file is kept. */
  read(request: IncomingMessage): Promise<void> {
    const { parser } = this;
    return new Promise((resolve, reject) => {
      const broken = (error: unknown) => fail(error instanceof Problem ? error : BROKEN());
      const fail = (error: unknown) => {
        this.file?.stream.destroy(error as Error);
        reject(error as Error);
      };
      parser.on('file', (field, stream: FileStream, filename?: string) => {
        stream.on('error', broken);
        if (this.file || field !== FIELD || filename === undefined) return this.refuse(stream, this.file !== undefined);
        stream.on('limit', () => stream.destroy(Problem.payloadTooLarge(LONGEST_FILE)));
        this.file = { stream, kept: this.intake.keep(filename, stream) };
        this.file.kept.catch(fail);
      });
      for (const event of ['field', 'filesLimit', 'fieldsLimit', 'partsLimit'] as const)
        parser.on(event, () => (this.fault ??= SURPLUS()));
      parser.on('error', broken);
      parser.on('finish', () => void this.end().then(resolve, fail));
      request.on('error', broken).pipe(parser);
    });
  }

  /** The file; there is one after `read`. */
  kept(): Promise<T> {
    return this.file?.kept ?? Promise.reject(MISSING());
  }

  /** Forgets what was kept of a form that is not taken. */
  async abandon(): Promise<void> {
    const { file } = this;
    if (!file) return;
    file.stream.destroy();
    await file.kept.then(
      (kept) => this.intake.abandon(kept),
      () => undefined,
    );
  }

  private refuse(stream: Readable, isSurplus: boolean): void {
    this.fault ??= isSurplus ? SURPLUS() : MISSING();
    stream.resume();
  }

  private async end(): Promise<void> {
    if (this.fault) throw this.fault;
    await this.kept();
  }
}

const BROKEN = () => Problem.invalidRequest('The multipart body is not complete or not well-formed.');
const SURPLUS = () => Problem.invalidField(`/${FIELD}`, 'must be one file, and the only part of the form');
const MISSING = () => Problem.invalidField(`/${FIELD}`, 'is needed, as a file with its name');
