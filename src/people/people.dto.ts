import { IsUuid } from '../platform/http/fields';

export class MergeDto {
  /** The contact that becomes part of this one. */
  @IsUuid()
  contactId: string;
}
