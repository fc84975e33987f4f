import { findSegment } from '../../campaigns/segments/segment.queries';
import type { Segment } from '../../campaigns/segments/segment-tree';
import { changeContact, findContact, lockContact, type ContactChange } from '../../contacts/contact.queries';
import type { Tx } from '../../platform/db/tenant-db';
import { attributesFor } from '../segment-attributes';
import type { AddToSegmentStep, UpdateContactStep } from '../steps';
import { markCause } from './cause.queries';
import type { DueRun, TraceLine } from './run.queries';

type Line = Pick<TraceLine, 'outcome' | 'detail'>;

const MOST_ATTRIBUTES = 50;

const refused = (code: string): Line => ({ outcome: 'REFUSED', detail: { code } });

/** Sets what the step names; what it sets to null is taken away. Names of fields go into the trace, never their values. */
export async function updateContact(tx: Tx, run: DueRun, { language, attributes }: UpdateContactStep): Promise<Line> {
  return change(tx, run, { ...(language !== undefined && { language }) }, attributes);
}

/** Gives the contact what the segment asks for as it is now. */
export async function addToSegment(tx: Tx, run: DueRun, { segmentId }: AddToSegmentStep): Promise<Line> {
  const row = await findSegment(tx, segmentId);
  const attributes = row && attributesFor(row.segment as unknown as Segment);
  if (!attributes) return refused(row ? 'segment_takes_nobody' : 'not_found');
  return change(tx, run, {}, attributes);
}

async function change(
  tx: Tx,
  run: DueRun,
  fields: ContactChange,
  attributes: Readonly<Record<string, unknown>> | undefined,
): Promise<Line> {
  if (run.contactId === null) return refused('no_contact');
  await lockContact(tx, run.contactId);
  const contact = await findContact(tx, run.contactId);
  if (!contact) return refused('contact_gone');
  const entries = Object.entries({ ...contact.attributes, ...attributes }).filter(([, value]) => value !== null);
  if (entries.length > MOST_ATTRIBUTES) return refused('too_many_attributes');
  await changeContact(tx, contact.id, { ...fields, ...(attributes && { attributes: Object.fromEntries(entries) }) });
  await markCause(tx, run);
  return {
    outcome: 'DONE',
    detail: { fields: [...Object.keys(fields), ...Object.keys(attributes ?? {}).map((key) => `attributes.${key}`)] },
  };
}
