import { Injectable } from '@nestjs/common';
import { acceptMessages } from '../../messages/accept/accept.queries';
import type { SendMessageDto } from '../../messages/accept/message.dto';
import { MessagePreparation } from '../../messages/accept/preparation';
import { Dispatcher } from '../../messages/dispatch/dispatcher';
import type { Tx } from '../../platform/db/tenant-db';
import { asTenant } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { GATE_REASONS } from '../../preferences/gate/reasons';
import { tellEvents } from '../../events/tell';
import { holds } from '../evaluate';
import {
  behind,
  into,
  type BranchStep,
  type SendStep,
  type Step,
  type StepType,
  type TellEventStep,
  type WaitForEventStep,
  type WaitStep,
  type WebhookStep,
} from '../steps';
import { addCall } from '../webhook/call.queries';
import { markCause } from './cause.queries';
import { addToSegment, updateContact } from './contact-deeds';
import type { RunEnd } from './run-end.queries';
import type { DueRun, NextPlace, TraceLine } from './run.queries';
import type { ContactFacts } from './start.queries';
import { factsOf } from './starts';
import { nextLocalTime, tenantZone } from './wait-until';

/** One step that is to be done. */
export interface Deed<S extends Step = Step> {
  run: DueRun;
  step: S;
  contact: ContactFacts | undefined;
}

/** What came of it. */
export interface Done {
  line: Pick<TraceLine, 'outcome' | 'detail' | 'messageId'>;
  /** Null at the end. */
  next: NextPlace | null;
  /** Where it ends here. */
  end?: RunEnd;
  /** What needs the line of the trace to be there. */
  after?: (seq: number) => Promise<void>;
}

type Deeds = { readonly [Type in StepType]: (tx: Tx, deed: Deed<Extract<Step, { type: Type }>>) => Promise<Done> };

/** What the steps do: all of it in the transaction of their run, none of it outside the database. */
@Injectable()
export class StepDeeds {
  private readonly deeds: Deeds = {
    send: (tx, deed) => this.send(tx, deed),
    wait,
    wait_for_event: async (_, deed) => waitForEvent(deed),
    branch: async (_, deed) => branch(deed),
    update_contact: async (tx, deed) => passed(deed, await updateContact(tx, deed.run, deed.step)),
    add_to_segment: async (tx, deed) => passed(deed, await addToSegment(tx, deed.run, deed.step)),
    webhook: async (tx, deed) => webhook(tx, deed),
    tell_event: tell,
    stop: async () => ({ line: { outcome: 'DONE' }, next: null, end: STOP }),
  };

  constructor(
    private readonly preparation: MessagePreparation,
    private readonly dispatcher: Dispatcher,
  ) {}

  do(tx: Tx, deed: Deed): Promise<Done> {
    const act = this.deeds[deed.step.type] as (tx: Tx, deed: Deed) => Promise<Done>;
    return act(tx, deed);
  }

  /** On the way of every message: channel, template, gate. A "no" of these is what came of this step; the run goes on. */
  private async send(tx: Tx, deed: Deed<SendStep>): Promise<Done> {
    try {
      const { row } = await this.preparation.prepare(asTenant(tx.tenantId), messageOf(deed));
      const [accepted] = await acceptMessages(tx, tx.tenantId, [row]);
      if (accepted?.outcome !== 'STORED') throw new Error('A message of a rule was not stored');
      await markCause(tx, deed.run, { messageId: row.id });
      this.dispatcher.wake.now();
      const code = accepted.refused && GATE_REASONS[accepted.refused].code;
      const line = { outcome: code ? 'SUPPRESSED' : 'DONE', messageId: row.id, ...(code && { detail: { code } }) };
      return passed(deed, line);
    } catch (error) {
      if (!(error instanceof Problem) || error.status >= 500) throw error;
      return passed(deed, {
        outcome: 'REFUSED',
        detail: { code: error.code, fields: error.errors.map(({ pointer }) => pointer) },
      });
    }
  }
}

/** The request that a send step stands for; its reference names the step, so that it is known again. */
export function messageOf({ run, step }: Pick<Deed<SendStep>, 'run' | 'step'>): SendMessageDto {
  const { type: _, to, variables, ...message } = step;
  const recipient = to !== undefined ? { to } : run.contactId === null ? {} : { contactId: run.contactId };
  return {
    ...message,
    ...recipient,
    ...(step.templateId !== undefined && { variables: { ...variables, ...run.event.payload } }),
    clientReference: `run:${run.id}:${run.stepsDone + 1}`,
  };
}

function passed({ run }: Deed, line: Done['line']): Done {
  const position = behind(run.steps, run.position);
  return { line, next: position === null ? null : { position } };
}

async function wait(tx: Tx, { run, step, contact }: Deed<WaitStep>): Promise<Done> {
  const dueAt =
    step.until === undefined
      ? new Date(run.now.getTime() + (step.seconds ?? 0) * 1000)
      : nextLocalTime(step.until, contact?.timezone ?? (await tenantZone(tx)), run.now);
  const position = behind(run.steps, run.position);
  const line = { outcome: 'WAITING', detail: { until: dueAt.toISOString() } };
  // Waiting is a step of its own: at the end of a rule it keeps the run under way until then.
  return { line, next: { position: position ?? AT_END, dueAt } };
}

/** Behind the last step: nothing is left to do but to end. */
export const AT_END = 'end';

function waitForEvent({ run, step }: Deed<WaitForEventStep>): Done {
  const { steps, position } = run;
  const goOn = (outcome: string, way: 'steps' | 'otherwise'): Done => {
    const next = into(steps, position, way);
    const detail = run.heardEvent === null ? {} : { eventId: run.heardEvent };
    return { line: { outcome, detail }, next: next === null ? null : { position: next } };
  };
  if (run.heardEvent !== null) return goOn('CAME', 'steps');
  if (run.awaits !== null) return goOn('TIMED_OUT', 'otherwise');
  const dueAt = new Date(run.now.getTime() + step.seconds * 1000);
  return {
    line: { outcome: 'WAITING', detail: { until: dueAt.toISOString() } },
    next: { position, dueAt, awaits: step.event },
  };
}

function branch({ run, step, contact }: Deed<BranchStep>): Done {
  const isSo = holds(step.conditions, factsOf(run.event, contact));
  const position = into(run.steps, run.position, isSo ? 'steps' : 'otherwise');
  return { line: { outcome: isSo ? 'HOLDS' : 'HOLDS_NOT' }, next: position === null ? null : { position } };
}

async function tell(tx: Tx, deed: Deed<TellEventStep>): Promise<Done> {
  const { run, step } = deed;
  // Told a second time it would be the same event.
  const eventId = `run:${run.id}:${run.stepsDone + 1}`;
  const data = { ...step.payload, cause: { runId: run.id, depth: run.depth } };
  const [told] = await tellEvents(tx, [{ type: step.event, source: 'rule', eventId, contactId: run.contactId, data }]);
  return passed(deed, { outcome: 'DONE', detail: { eventId: told?.id } });
}

function webhook(tx: Tx, deed: Deed<WebhookStep>): Done {
  return {
    ...passed(deed, { outcome: 'CALLING' }),
    after: (seq) => addCall(tx, deed.run, { seq, url: deed.step.url }),
  };
}

const STOP: RunEnd = { status: 'STOPPED', code: 'stop', detail: 'A step of the rule ended it.' };
