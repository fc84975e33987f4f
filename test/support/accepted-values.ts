import 'reflect-metadata';
import { isDeepStrictEqual } from 'node:util';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';

/** Stands for a value that a field does not take. */
export const REFUSED = Symbol('refused');

/** What a DTO field with this decorator makes of the value, or REFUSED. */
export function accept(decorator: PropertyDecorator, value: unknown): unknown {
  class Dto {
    value: unknown;
  }
  decorator(Dto.prototype, 'value');
  const dto = plainToInstance(Dto, { value });
  return validateSync(dto).length === 0 ? dto.value : REFUSED;
}

/** Those of the values that the field refuses, or changes. */
export function refusedOf(decorator: PropertyDecorator, ...values: unknown[]): unknown[] {
  return values.filter((value) => !isDeepStrictEqual(accept(decorator, value), value));
}

/** Those of the values that the field accepts. */
export function acceptedOf(decorator: PropertyDecorator, ...values: unknown[]): unknown[] {
  return values.filter((value) => accept(decorator, value) !== REFUSED);
}
