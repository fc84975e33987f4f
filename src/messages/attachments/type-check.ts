import { Transform, type TransformCallback } from 'node:stream';
import { Problem } from '../../platform/http/problem';
import { TypeSniffer } from './attachment-type';

/** Lets a file through while it finds out what it is, and ends with Problem 422 at its end when such a file is not taken. */
export class TypeCheck extends Transform {
  private readonly sniffer: TypeSniffer;
  private type: string | undefined;

  /** @param pointer the field that the caller named the file by. */
  constructor(
    filename: string,
    private readonly pointer: string,
  ) {
    super();
    this.sniffer = new TypeSniffer(filename);
  }

  /** Known when the stream has ended well. */
  get contentType(): string {
    if (this.type === undefined) throw new Error('The file was not read to its end');
    return this.type;
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.sniffer.write(chunk);
    done(null, chunk);
  }

  override _flush(done: TransformCallback): void {
    const type = this.sniffer.end();
    if ('fault' in type) return done(Problem.invalidField(this.pointer, wordsAt(this.pointer, type.fault)));
    this.type = type.contentType;
    done();
  }
}

/** For an address the words begin with the class of the fault. */
function wordsAt(pointer: string, fault: string): string {
  return pointer === '/url' ? `type: ${fault}` : fault;
}
