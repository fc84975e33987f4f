import { getMetadataStorage, ValidationTypes } from 'class-validator';

/**
 * The paths of what @ValidateNested lets through: a list where one object is declared, and a list within a list. It checks
 * the items of any array it meets, so `{ "content": [] }` would pass for a `content` without a single field. What is declared
 * is the type that the compiler emits for decorated properties.
 */
export function misplacedLists(instance: unknown, path: readonly string[] = []): string[][] {
  if (typeof instance !== 'object' || instance === null) return [];
  if (Array.isArray(instance)) return [[...path]];

  return nestedFieldsOf(instance.constructor).flatMap(({ property, isList }) => {
    const value = (instance as Record<string, unknown>)[property];
    const here = [...path, property];
    if (!isList || !Array.isArray(value)) return misplacedLists(value, here);
    return value.flatMap((item: unknown, index) => misplacedLists(item, [...here, String(index)]));
  });
}

interface NestedField {
  property: string;
  isList: boolean;
}

const fieldsByClass = new Map<object, readonly NestedField[]>();

function nestedFieldsOf(target: object['constructor']): readonly NestedField[] {
  const known = fieldsByClass.get(target);
  if (known) return known;

  const fields = getMetadataStorage()
    .getTargetValidationMetadatas(target, '', false, false)
    .filter(({ type }) => type === ValidationTypes.NESTED_VALIDATION)
    .map(({ propertyName: property }) => ({ property, isList: declaredType(target, property) === Array }));
  fieldsByClass.set(target, fields);
  return fields;
}

function declaredType(target: object['constructor'], property: string): unknown {
  return Reflect.getMetadata('design:type', target.prototype as object, property);
}
