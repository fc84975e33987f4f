/** Bytes `from` up to and without `to`. */
export interface ByteRange {
  from: number;
  to: number;
}

/**
 * What a Range header asks for of so many bytes (RFC 9110, 14.1.2). Undefined for everything: without the header, for several
 * ranges, for one that is not well-formed and for one that lies outside; all of these may be answered with the whole.
 */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const range =
    first === ''
      ? { from: Math.max(0, size - Number(last)), to: size }
      : { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1) };
  return range.from < range.to ? range : undefined;
}

/** The first bytes of a stream, so many of them. */
export async function* firstBytes(content: AsyncIterable<Buffer>, count: number): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of content) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}
