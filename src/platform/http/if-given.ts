import { ValidateIf } from 'class-validator';

/** A field that may be left out but not be null: `IsOptional` would let null pass every other rule of the field. */
export function IfGiven(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}
