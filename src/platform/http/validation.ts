import { type ArgumentMetadata, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { gatherRulesOnce } from './gathered-rules';
import { misplacedLists } from './misplaced-lists';
import { type FieldError, Problem } from './problem';

/**
 * The one pipe through which every body, query and path parameter with a DTO goes: unknown fields are refused, nothing is
 * converted silently, and every fault is named by JSON pointer. A path parameter that cannot be an id is a thing that does
 * not exist: 404.
 */
export function validationPipe(): ValidationPipe {
  gatherRulesOnce();
  return new StrictValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    stopAtFirstError: false,
    transform: true,
    transformOptions: { enableImplicitConversion: false },
    validationError: { target: false, value: false },
    exceptionFactory: (errors: ValidationError[]) => new InvalidInput(fieldErrors(errors)),
  });
}

/** The faults that class-validator found, with the JSON pointer of each; the first hundred of them. */
export function fieldErrors(errors: readonly ValidationError[], path: readonly string[] = []): FieldError[] {
  return errors
    .flatMap(({ property, constraints = {}, children = [] }) => {
      const here = [...path, property];
      const own = Object.entries(constraints).map(([rule, text]) => fieldError(here, wording(rule, text, property)));
      return [...own, ...fieldErrors(children, here)];
    })
    .slice(0, MOST_ERRORS);
}

/** Carries faults to where it is known whether they are of a body, a query or a path. */
class InvalidInput extends Error {
  constructor(readonly faults: readonly FieldError[]) {
    super('invalid input');
  }
}

class StrictValidationPipe extends ValidationPipe {
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (!this.toValidate(metadata)) return super.transform(value, metadata);
    if (metadata.type === 'body' && (value === undefined || value === null))
      throw Problem.invalidJson('The body is empty');
    try {
      refuseInheritedNames(value);
      const instance: unknown = await super.transform(value, metadata);
      refuseMisplacedLists(instance);
      return instance;
    } catch (error) {
      throw error instanceof InvalidInput ? refusal(error.faults, metadata.type) : error;
    }
  }
}

function refusal(faults: readonly FieldError[], type: ArgumentMetadata['type']): Problem {
  if (type === 'param') return Problem.notFound('thing');
  if (type !== 'query') return Problem.invalidFields(faults);
  return Problem.invalidFields(faults.map(({ pointer, message }) => ({ pointer: `/query${pointer}`, message })));
}

/** class-validator takes `toString` and the like for known fields. Bodies cannot hold them, see strict-json.ts; queries can. */
function refuseInheritedNames(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const faults = Object.keys(value).filter((name) => name in Object.prototype);
  if (faults.length > 0) throw new InvalidInput(faults.map((name) => fieldError([name], NOT_KNOWN)));
}

function refuseMisplacedLists(instance: unknown): void {
  const faults = misplacedLists(instance);
  if (faults.length > 0) throw new InvalidInput(faults.map((path) => fieldError(path, 'must be an object')));
}

const MOST_ERRORS = 100;
const LONGEST_POINTER = 300;
const NOT_KNOWN = 'is not a known field';

/** RFC 6901, 3: "~" and "/" are the only characters that need escapes. */
function fieldError(path: readonly string[], message: string): FieldError {
  const pointer = path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return { pointer: pointer.slice(0, LONGEST_POINTER), message };
}

/** Instead of class-validator's words where they name things that only its users know. */
const WORDINGS: Readonly<Record<string, string>> = {
  whitelistValidation: NOT_KNOWN,
  nestedValidation: 'must be an object, or a list of objects where a list is expected',
  unknownValue: 'must be an object',
};

/** The message without the field's name, which the pointer says already. */
function wording(rule: string, text: string, property: string): string {
  const words = WORDINGS[rule] ?? text.replace(`each value in ${property} `, 'each value ');
  return words.startsWith(`${property} `) ? words.slice(property.length + 1) : words;
}
