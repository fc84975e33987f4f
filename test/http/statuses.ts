import type { TestApp } from '../support/app';

/** How many answers of each class the server gave so far, by its own count: `{ '2xx': 7, '4xx': 3 }`. */
export async function statusesOf(app: TestApp): Promise<Record<string, number>> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  const counts: Record<string, number> = {};
  for (const [, labels = '', count] of text.matchAll(/^\w+_count\{([^}]*)\} (\d+)$/gm)) {
    const status = /status="(\dxx)"/.exec(labels)?.[1];
    if (status) counts[status] = (counts[status] ?? 0) + Number(count);
  }
  return counts;
}
