import { nextOccurrences } from '../../platform/time/occurrences';
import type { Trigger } from './match';

const QUARTER_MS = 15 * 60_000;

/** When the clock has to look at a rule next, after `now`; null where none sets it off, undefined where it never does again. */
export function nextLook(trigger: Trigger, now: Date): Date | null | undefined {
  if (trigger.type === 'schedule') return nextOccurrences(trigger, now, 1)[0];
  return trigger.type === 'date' ? nextQuarter(trigger.at, now) : null;
}

/** Zones are whole quarters of an hour apart: at one of these moments it is that time of day everywhere that it ever will be. */
export function nextQuarter(timeOfDay: string, now: Date): Date {
  const minutes = Number(timeOfDay.slice(3)) % 15;
  const base = Math.floor((now.getTime() - minutes * 60_000) / QUARTER_MS) * QUARTER_MS + minutes * 60_000;
  return new Date(base + QUARTER_MS);
}
