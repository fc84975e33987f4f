import { ValidateBy } from 'class-validator';
import { isUuid } from '../platform/http/fields';
import { isStorable, lengthInCodePoints } from '../platform/http/text';

const PREFIX = 'ext:';
const LONGEST_EXTERNAL_ID = 200;

/** How a path names a contact: its UUID, or `ext:<externalId>`. Anything else is answered like a contact that is not there. */
export function IsContactRef(): PropertyDecorator {
  return ValidateBy({ name: 'contactRef', validator: { validate: isContactRef } });
}

/** The column and value that a reference stands for. */
export function readContactRef(ref: string): { id: string } | { externalId: string } {
  return ref.startsWith(PREFIX) ? { externalId: ref.slice(PREFIX.length).normalize() } : { id: ref };
}

function isContactRef(value: unknown): boolean {
  if (isUuid(value)) return true;
  if (typeof value !== 'string' || !value.startsWith(PREFIX) || !isStorable(value)) return false;
  const length = lengthInCodePoints(value) - PREFIX.length;
  return length > 0 && length <= LONGEST_EXTERNAL_ID;
}
