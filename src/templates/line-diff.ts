/** A run of lines that two texts share, or that only one of them has. */
export interface DiffPiece {
  change: 'SAME' | 'REMOVED' | 'ADDED';
  /** Lines, with line breaks between them. */
  text: string;
}

/** Above this product of lines the differing middle is shown as a whole; below, it takes a few milliseconds. */
const MOST_COMPARISONS = 1_000_000;

/** The lines that go and come between two texts, the shortest way (longest common subsequence). */
export function diffLines(before: string, after: string): DiffPiece[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  const head = commonStart(a, b);
  const tail = commonStart(a.slice(head).reverse(), b.slice(head).reverse());
  const [removed, added] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)];
  const middle =
    removed.length * added.length > MOST_COMPARISONS
      ? [...removed.map(toPiece('REMOVED')), ...added.map(toPiece('ADDED'))]
      : steps(removed, added);
  return joined([
    ...a.slice(0, head).map(toPiece('SAME')),
    ...middle,
    ...a.slice(a.length - tail).map(toPiece('SAME')),
  ]);
}

const toPiece =
  (change: DiffPiece['change']) =>
  (text: string): DiffPiece => ({ change, text });

function commonStart(a: readonly string[], b: readonly string[]): number {
  const index = a.findIndex((line, at) => line !== b[at]);
  return index === -1 ? Math.min(a.length, b.length) : index;
}

function steps(a: readonly string[], b: readonly string[]): DiffPiece[] {
  const lengths = commonLengths(a, b);
  const at = (i: number, j: number) => lengths[i * (b.length + 1) + j] ?? 0;
  const pieces: DiffPiece[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      pieces.push({ change: 'SAME', text: left });
      [i, j] = [i + 1, j + 1];
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      pieces.push({ change: 'REMOVED', text: left });
      i += 1;
    } else {
      pieces.push({ change: 'ADDED', text: right ?? '' });
      j += 1;
    }
  }
  return pieces;
}

/** For each place in both, how many lines they share from there on. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
  return lengths;
}

function joined(pieces: readonly DiffPiece[]): DiffPiece[] {
  const runs: { change: DiffPiece['change']; lines: string[] }[] = [];
  for (const { change, text } of pieces) {
    const last = runs.at(-1);
    if (last?.change === change) last.lines.push(text);
    else runs.push({ change, lines: [text] });
  }
  return runs.map(({ change, lines }) => ({ change, text: lines.join('\n') }));
}
