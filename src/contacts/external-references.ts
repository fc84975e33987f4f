import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsOptional,
  IsUrl,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { IsPlainText, isPlainText } from '../platform/http/fields';

/** What a person or a conversation is called in another system of the tenant. */
export interface ExternalReference {
  system: string;
  id: string;
  url?: string;
}

const MOST = 10;
const LONGEST_ID = 200;
const SYSTEM = /^[a-z0-9][a-z0-9._-]{0,39}$/;

export class ExternalReferenceDto implements ExternalReference {
  /** Which system: 1 to 40 lower-case letters, digits, dots, dashes and underscores, such as `crm` or `calls`. */
  @Matches(SYSTEM, { message: 'must be 1 to 40 lower-case letters, digits, dots, dashes or underscores' })
  system: string;

  /** What that system calls it, at most 200 characters. */
  @IsPlainText(LONGEST_ID)
  id: string;

  /** Where people find it there: an http(s) address. Carillon never calls it. */
  @IsOptional()
  @MaxLength(2000)
  @IsUrl(
    { require_tld: false, require_protocol: true, protocols: ['http', 'https'] },
    { message: 'must be an http(s) URL' },
  )
  url?: string;
}

export class ExternalReferenceResponse {
  /** Which system. */
  system: string;
  /** What that system calls it. */
  id: string;
  /** Where people find it there; null where that is not known. */
  url: string | null;
}

/** A list of references, each thing once. */
export function AreExternalReferences(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(MOST),
    ArrayUnique((reference?: ExternalReference | null) => `${reference?.system}:${reference?.id}`, {
      message: 'must name each thing of a system once',
    }),
    ValidateNested({ each: true }),
    Type(() => ExternalReferenceDto),
  );
}

/** As it is stored: named fields only, letters in one form. */
export function storedReferences(given: readonly ExternalReference[]): ExternalReference[] {
  return given.map(({ system, id, url }) => ({ system, id: id.normalize(), ...(url != null && { url }) }));
}

/** As the API shows it. */
export function referencesView(stored: readonly ExternalReference[]): ExternalReferenceResponse[] {
  return stored.map(({ system, id, url }) => ({ system, id, url: url ?? null }));
}

/** `crm:4711`: the system ends at the first colon. */
const FILTER = /^([^:]*):([\s\S]*)$/;

export function IsReferenceFilter(): PropertyDecorator {
  return ValidateBy({
    name: 'referenceFilter',
    validator: {
      validate: (value) => typeof value === 'string' && readReferenceFilter(value) !== null,
      defaultMessage: () => 'must be a system and its id with a colon between them, such as crm:4711',
    },
  });
}

/** The reference that a list is narrowed to, or null for none. */
export function readReferenceFilter(given: string | undefined): { system: string; id: string } | null {
  const [, system = '', id = ''] = FILTER.exec(given ?? '') ?? [];
  return SYSTEM.test(system) && isPlainText(id, LONGEST_ID) ? { system, id: id.normalize() } : null;
}

/**
 * Whether the row has the reference that stands at `place` as JSON. The first half is that of the partial index, so that only rows
 * that have any are looked at.
 */
export const hasReference = (column: string, place: string): string =>
  `(${column} <> '[]'::jsonb AND ${column} @> jsonb_build_array(${place}::jsonb))`;
