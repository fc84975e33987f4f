import type { ImportRow } from './import-row';

/**
 * Cuts rows into waves, so that within a wave nobody is named twice: each wave is stored by one statement, and a row that names
 * the contact of an earlier row finds it stored. The order of rows that have to do with each other is kept. Pure.
 */
export function inWaves(rows: readonly ImportRow[]): ImportRow[][] {
  const waves: ImportRow[][] = [];
  const lastWave = new Map<string, number>();
  for (const row of rows) {
    const keys = keysOf(row);
    const wave = 1 + Math.max(-1, ...keys.map((key) => lastWave.get(key) ?? -1));
    for (const key of keys) lastWave.set(key, wave);
    (waves[wave] ??= []).push(row);
  }
  return waves;
}

function keysOf({ externalId, addresses }: ImportRow): string[] {
  const keys = addresses.map(({ channelType, address }) => `${channelType} ${address}`);
  return externalId === null ? keys : [...keys, `id ${externalId}`];
}
