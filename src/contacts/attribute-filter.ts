import { ValidateBy } from 'class-validator';
import { isStorable } from '../platform/http/text';

const LONGEST = 600;

/** `tier:gold`: the key ends at the first colon. */
const SHAPE = /^([^:]{1,40}):([\s\S]*)$/;

export function IsAttributeFilter(): PropertyDecorator {
  return ValidateBy({
    name: 'attributeFilter',
    validator: {
      validate: (value) =>
        typeof value === 'string' && value.length <= LONGEST && SHAPE.test(value) && isStorable(value),
      defaultMessage: () => 'must be an attribute and its value with a colon between them, such as tier:gold',
    },
  });
}

/** The attribute and the value that a list is narrowed to, or null. */
export function readAttributeFilter(given: string | undefined): { key: string; value: string } | null {
  const [, key, value] = SHAPE.exec(given ?? '') ?? [];
  return key === undefined || value === undefined ? null : { key, value };
}
