export const FAILPOINTS = [
  ...(['after_claim', 'after_intent', 'during_call', 'after_call', 'after_settle'] as const),
  ...(['mid_step', 'after_step'] as const),
] as const;
export type FailpointName = (typeof FAILPOINTS)[number];

/** Kills this process, as a power cut would, when it reaches a point for the n-th time. Off unless FAILPOINT names one. */
export class Failpoint {
  private readonly name: string | undefined;
  private left: number;

  /** @param setting `<point>:<n>`, or undefined. */
  constructor(setting: string | undefined) {
    const [name, count] = setting?.split(':') ?? [];
    this.name = name;
    this.left = Number(count ?? 0);
  }

  /** @param delayMs how long after reaching the point; 0 dies before the next statement. */
  reach(name: FailpointName, delayMs = 0): void {
    if (name !== this.name || --this.left !== 0) return;
    if (delayMs === 0) process.kill(process.pid, 'SIGKILL');
    else setTimeout(() => process.kill(process.pid, 'SIGKILL'), delayMs);
  }
}
