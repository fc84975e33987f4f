import { Problem, type FieldError } from '../platform/http/problem';
import { isRfc3339 } from '../platform/http/time-fields';

/** What a variable holds. */
export const VARIABLE_TYPES = ['STRING', 'NUMBER', 'BOOLEAN', 'DATE', 'LIST', 'OBJECT'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** Any JSON value, in the words of OpenAPI. */
export const VALUE_SCHEMAS = [
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'array', items: {} },
  { type: 'object', additionalProperties: true },
  { type: 'null' },
];

/** A variable as its template declares it. */
export interface VariableSpec {
  name: string;
  /** A message without it is refused. */
  required: boolean;
  /** Taken where a message leaves an optional one out; null: nothing is written. */
  default: unknown;
  type: VariableType;
}

/** The declarations with what they leave out. Throws Problem 422 naming each that contradicts itself or another. */
export function readSpecs(
  declared: readonly { name: string; required?: boolean; default?: unknown; type?: VariableType }[],
): VariableSpec[] {
  const faults: FieldError[] = [];
  const seen = new Set<string>();
  const specs = declared.map(({ name, required, default: fallback = null, type = 'STRING' }, index) => {
    const spec = { name, required: required ?? fallback === null, default: fallback, type };
    const fault = specFault(spec, seen);
    if (fault) faults.push({ pointer: `/variables/${index}/${fault.field}`, message: fault.message });
    seen.add(name);
    return spec;
  });
  if (faults.length) throw Problem.invalidFields(faults);
  return specs;
}

/**
 * The values as the template sees them: declared ones checked and completed, others as they are, on an object without
 * prototype. Throws Problem 422 naming every declared variable that is missing or of another type.
 */
export function bindVariables(
  specs: readonly VariableSpec[],
  given: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const faults: FieldError[] = [];
  const values: Record<string, unknown> = Object.assign(Object.create(null) as object, given);
  for (const { name, required, default: fallback, type } of specs) {
    const value = values[name] ?? null;
    if (value === null && required) faults.push({ pointer: pointerTo([name]), message: 'is required by the template' });
    else if (value === null) values[name] = fallback;
    else if (!HOLDS[type](value)) faults.push({ pointer: pointerTo([name]), message: `must be ${WORDS[type]}` });
  }
  if (faults.length) throw Problem.invalidFields(faults);
  return values;
}

/** JSON pointer to a value in `variables` (RFC 6901). */
export function pointerTo(path: readonly string[]): string {
  return ['/variables', ...path.map((key) => key.replaceAll('~', '~0').replaceAll('/', '~1'))].join('/').slice(0, 300);
}

const HOLDS: Readonly<Record<VariableType, (value: unknown) => boolean>> = {
  STRING: (value) => typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean',
  NUMBER: (value) => typeof value === 'number',
  BOOLEAN: (value) => typeof value === 'boolean',
  DATE: isRfc3339,
  LIST: (value) => Array.isArray(value),
  OBJECT: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

const WORDS: Readonly<Record<VariableType, string>> = {
  STRING: 'text',
  NUMBER: 'a number',
  BOOLEAN: 'true or false',
  DATE: 'a date and time with offset, such as 2026-12-01T09:00:00Z',
  LIST: 'a list',
  OBJECT: 'an object',
};

function specFault(
  spec: VariableSpec,
  seen: ReadonlySet<string>,
): { field: keyof VariableSpec; message: string } | undefined {
  if (seen.has(spec.name)) return { field: 'name', message: 'is declared twice' };
  if (spec.name in {}) return { field: 'name', message: 'is not a name that a request can carry' };
  if (spec.default === null) return undefined;
  if (spec.required) return { field: 'default', message: 'has no use while required is true' };
  return HOLDS[spec.type](spec.default) ? undefined : { field: 'default', message: `must be ${WORDS[spec.type]}` };
}
