import type { GateVerdict } from '../../preferences/gate/gate';
import { GATE_REASONS } from '../../preferences/gate/reasons';

/** Verdicts that end a message when it is accepted. Caps and quiet hours are a matter of the moment at which it goes out. */
export const FINAL_AT_ACCEPT = [
  'SUPPRESSED',
  'DO_NOT_CONTACT',
  'OPTED_OUT',
  'NOT_OPTED_IN',
] as const satisfies GateVerdict[];

/** How the answer to an accepted message begins to tell what became of it; this very text, so that SQL finds it. */
export const UNREFUSED = '"status":"QUEUED","reason":null';

/** What stands in its place where the gate refused, for the stored answer to say the same as the one that is given. */
export function refusedAnswer(verdict: Exclude<GateVerdict, 'GO'>): string {
  const { code, detail } = GATE_REASONS[verdict];
  return `"status":"SUPPRESSED","reason":${JSON.stringify({ code, detail })}`;
}

/** Rows of SQL: verdict, code, detail, and the text for the stored answer. */
export const REFUSED_ANSWERS = FINAL_AT_ACCEPT.map((verdict) => {
  const { code, detail } = GATE_REASONS[verdict];
  return `(${[verdict, code, detail, refusedAnswer(verdict)].map(quoted).join(', ')})`;
}).join(', ');

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
