/** Own facts of the caller, where null is a value like any other. */
const KEPT = new Set(['metadata', 'variables']);

/** A request in which null and "left out" mean the same, as api clients that fill in every field expect. */
export function withoutNulls<T extends object>(body: T): T {
  const entries = Object.entries(body).flatMap(([name, value]: [string, unknown]) => {
    if (value === null || value === undefined) return [];
    return [[name, KEPT.has(name) ? value : cleaned(value)] as const];
  });
  return Object.fromEntries(entries) as T;
}

function cleaned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cleaned);
  return typeof value === 'object' && value !== null ? withoutNulls(value) : value;
}
