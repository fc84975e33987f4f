import { applyDecorators } from '@nestjs/common';
import { Transform } from 'class-transformer';
import { ValidateBy } from 'class-validator';

/**
 * A whole number in a query string, from min to max, written in digits: no `1e3`, `0x10`, `+1`, `01`, `1.0`, no spaces,
 * and not twice.
 */
export function QueryInt(min: number, max: number): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (isWholeNumber(value) ? Number(value) : value)),
    ValidateBy({
      name: 'queryInt',
      validator: {
        validate: (value) => typeof value === 'number' && value >= min && value <= max,
        defaultMessage: () => `must be a whole number from ${min} to ${max}`,
      },
    }),
  );
}

/** `true` or `false` in a query string, in lower case, once. */
export function QueryBool(): PropertyDecorator {
  return applyDecorators(
    Transform(({ value }: { value: unknown }) => (value === 'true' ? true : value === 'false' ? false : value)),
    ValidateBy({
      name: 'queryBool',
      validator: {
        validate: (value) => typeof value === 'boolean',
        defaultMessage: () => 'must be true or false',
      },
    }),
  );
}

function isWholeNumber(value: unknown): boolean {
  return typeof value === 'string' && /^(0|-?[1-9]\d{0,14})$/.test(value);
}
