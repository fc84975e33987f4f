import { cpus, platform, release, totalmem } from 'node:os';

/** Rounds of every comparison: A B A B A B, so that what the machine does meanwhile meets both. */
export const ROUNDS = 3;

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Value at a quantile of sorted numbers. */
export function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

/** Median, over the rounds, of `ours` divided by `theirs` in the same round. */
export function pairedRatio(ours, theirs) {
  return median(ours.map((value, round) => value / theirs[round]));
}

/** What the figures were measured on. */
export function machineLine(postgresVersion) {
  const memory = Math.round(totalmem() / 2 ** 30);
  const processors = `${cpus().length} x ${cpus()[0]?.model.trim()}`;
  const system = `${platform()} ${release()}`;
  return `${new Date().toISOString().slice(0, 10)}: ${processors}, ${memory} GiB, ${system}, Node ${process.versions.node}, PostgreSQL ${postgresVersion}`;
}

/** A table in columns; the first row is the heading. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  const lines = rows.map((row) => row.map((cell, column) => pad(cell, widths[column], column)).join('  '));
  return lines.join('\n');
}

/** `1234.5` as `1,235`. */
export function whole(number) {
  return Math.round(number).toLocaleString('en');
}

function pad(cell, width, column) {
  return column === 0 ? String(cell).padEnd(width) : String(cell).padStart(width);
}
