/** When a bulk send stops by itself, before mailboxes or carriers stop its sender. */
export interface AutoPause {
  /** Percent of what went out that came back; null: not looked at. */
  bouncePercent: number | null;
  /** Percent of what went out about which people complained; null: not looked at. */
  complaintPercent: number | null;
  /** Nothing is judged by fewer messages than these. */
  minimum: number;
}

/** What a bulk send has met so far. */
export interface Reception {
  wentOut: number;
  bounced: number;
  complained: number;
}

export const USUAL_AUTO_PAUSE: AutoPause = { bouncePercent: 10, complaintPercent: 0.5, minimum: 500 };

/** The reason to stop now, or undefined. */
export function reasonToPause(
  { bouncePercent, complaintPercent, minimum }: AutoPause,
  { wentOut, bounced, complained }: Reception,
): { code: string; detail: string } | undefined {
  if (wentOut < minimum) return undefined;
  const tooMany = (count: number, most: number | null) => most !== null && (count * 100) / wentOut >= most;
  const detail = (what: string, count: number, most: number | null) =>
    `${count} of ${wentOut} messages ${what}, which is the limit of ${most} % or more. Mend the cause, then resume it.`;
  if (tooMany(bounced, bouncePercent))
    return { code: 'bounce_rate', detail: detail('came back', bounced, bouncePercent) };
  if (tooMany(complained, complaintPercent))
    return { code: 'complaint_rate', detail: detail('met a complaint', complained, complaintPercent) };
  return undefined;
}
