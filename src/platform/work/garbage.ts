import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Collect = (options: { type: 'major' | 'minor' }) => void;

/**
 * Has garbage collected after so many bytes of a long stream. Left to itself, V8 keeps hundreds of megabytes of garbage before
 * it looks through a heap that may grow to gigabytes: harmless for it, and not for a container of 512 MB. `minor` frees buffers
 * that were just let go; `major` also what outlived that, and everything else in the process waits for it: with 75 MB alive
 * 0.8 s where eighteen wanted two cores.
 */
export class Garbage {
  private bytes = 0;

  constructor(
    private readonly type: 'major' | 'minor',
    private readonly every: number,
  ) {}

  /** To be told of each piece of the stream. */
  passed(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes < this.every) return;
    this.bytes = 0;
    collector()({ type: this.type });
  }
}

let found: Collect | undefined;

/** Node has it under a flag only, which is meant for the start but heard at any time. */
function collector(): Collect {
  if (!found) {
    setFlagsFromString('--expose-gc');
    found = runInNewContext('gc') as Collect;
    setFlagsFromString('--no-expose-gc');
  }
  return found;
}
