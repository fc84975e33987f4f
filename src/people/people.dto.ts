import { IsUuid } from '../platform/http/fields';

export class MergeDto {
  /** The contact that becomes part of this one. */
  @IsUuid()
  contactId: string;
}

export class ErasureResponse {
  contactId: string;
  erasedAt: string;
  /** Messages of both directions whose words and addresses are gone. */
  messages: number;
  /** Those among them that were not sent yet, and will not be. */
  cancelled: number;
}
