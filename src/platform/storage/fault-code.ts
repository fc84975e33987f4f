/** What Node, a library or a server calls a fault: ENOENT, NoSuchBucket. */
export function codeOf(error: unknown): string {
  const { code, name } = Object(error) as { code?: unknown; name?: unknown };
  return [code, name].find((each) => typeof each === 'string')?.toString() ?? 'unknown fault';
}
