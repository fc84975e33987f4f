import { IsIn, IsOptional } from 'class-validator';
import { DELIMITERS, type DelimiterName } from '../../contacts/imports/csv-intake';

export class RecipientUploadQuery {
  /** For text/csv, what divides the cells: `,`, `;`, `tab` or `|`; auto: whatever divides the headings. */
  @IsOptional()
  @IsIn(Object.keys(DELIMITERS))
  delimiter?: DelimiterName = 'auto';
}

export class RejectedRecipient {
  /** Row as a spreadsheet counts, the header being 1; of a JSON list the place from 1. */
  line: number;
  /** What is wrong with it. */
  message: string;
}

export class RecipientUploadResponse {
  /** Recipients that were not there yet. */
  taken: number;
  /** Rows whose address was there already, from this upload or from an earlier one. */
  duplicates: number;
  /** Rows that name nobody who can be a recipient. */
  rejected: number;
  /** Why; the first 100. */
  errors: RejectedRecipient[];
  /** Recipients that the bulk send has now. */
  total: number;
}
