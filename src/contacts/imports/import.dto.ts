import { IsIn, IsOptional, ValidateBy } from 'class-validator';
import { PageInfo } from '../../platform/http/page-info.dto';
import { isColumn, type Mapping } from './csv-columns';
import { DELIMITERS, ENCODINGS, type DelimiterName, type Encoding } from './csv-intake';
import type { OnConflict } from './import-plan';

export class ImportQuery {
  /** What divides the cells: `,`, `;`, `tab` or `|`; auto: whatever divides the headings. */
  @IsOptional()
  @IsIn(Object.keys(DELIMITERS))
  delimiter?: DelimiterName = 'auto';

  /** How the text is written; auto: UTF-8, or UTF-16 where the file begins with its byte order mark. */
  @IsOptional()
  @IsIn(ENCODINGS)
  encoding?: Encoding = 'auto';

  /** What happens to a contact that is there already: `update` changes what the row names, `skip` leaves it alone. */
  @IsOptional()
  @IsIn(['update', 'skip'])
  onConflict?: OnConflict = 'update';

  /**
   * Only for headings that are not named as fields: a JSON object with the field by heading, or null to leave the column out,
   * such as `{"Mobile":"phone","City":"attributes.city","Notes":null}`.
   */
  @IsOptional()
  @IsMapping()
  mapping?: string;
}

/** The mapping that IsMapping let through. */
export function readMapping(text: string | undefined): Mapping {
  return new Map(Object.entries(text === undefined ? {} : (JSON.parse(text) as Record<string, string | null>)));
}

function IsMapping(): PropertyDecorator {
  return ValidateBy({
    name: 'mapping',
    validator: {
      validate: (value) => typeof value === 'string' && isMapping(value),
      defaultMessage: () => 'must be a JSON object with a field, attributes.<name> or null for each heading',
    },
  });
}

function isMapping(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return Object.values(value).every((field) => field === null || (typeof field === 'string' && isColumn(field)));
  } catch {
    return false;
  }
}

export class ImportCounts {
  /** Rows with something in them that were read, without the header. */
  rows: number;
  /** Contacts made. */
  created: number;
  /** Rows that changed a contact that was there. */
  updated: number;
  /** Rows whose contact was there, with `onConflict=skip`. */
  skipped: number;
  /** Rows that were refused; the errors say why. */
  failed: number;
}

export class ImportReason {
  /** Stable code: file_unreadable, file_missing, too_many_rows, gave_up or expired. */
  code: string;
  /** In words. */
  detail: string | null;
}

export class ImportResponse {
  id: string;
  /** PENDING, RUNNING, COMPLETED, FAILED or CANCELLED. */
  status: string;
  /** Why it failed; null otherwise. */
  reason: ImportReason | null;
  /** What divides the cells. */
  delimiter: string;
  /** update or skip. */
  onConflict: string;
  /** Rows so far. */
  counts: ImportCounts;
  /** Bytes whose rows are stored. */
  bytesRead: number;
  /** Size of the file, in UTF-8. */
  bytesTotal: number;
  createdAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export class ImportPage {
  data: ImportResponse[];
  page: PageInfo;
}
