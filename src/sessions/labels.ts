/** As labels are stored and looked for: `VIP `, `vip` and `Vip` are one. */
export function normalLabel(label: string): string {
  return label.normalize().trim().replace(/\s+/gu, ' ').toLowerCase();
}

/** Each label once, in the order in which they came. */
export function normalLabels(labels: readonly string[]): string[] {
  return [...new Set(labels.map(normalLabel))];
}
