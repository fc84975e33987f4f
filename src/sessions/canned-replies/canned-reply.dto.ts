import { IsOptional, Matches } from 'class-validator';
import { IsPlainText } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';
import { PageQuery } from '../../platform/http/page';
import { PageInfo } from '../../platform/http/page-info.dto';

const SHORTCUT = /^[a-z0-9][a-z0-9_-]{0,39}$/;
const SHORTCUT_RULE = { message: 'must be 1 to 40 lower-case letters, digits, dashes or underscores' };
const LONGEST_TEXT = 4000;

export class CannedReplyQuery extends PageQuery {
  /** Only the one with this shortcut. */
  @IsOptional()
  @Matches(SHORTCUT, SHORTCUT_RULE)
  shortcut?: string;
}

export class CreateCannedReplyDto {
  /** What colleagues type to find it, such as `refund`: unique in the tenant. */
  @Matches(SHORTCUT, SHORTCUT_RULE)
  shortcut: string;

  /** The answer, at most 4000 characters. May use `{{ contact.name }}` and everything else that the text of a template may. */
  @IsPlainText(LONGEST_TEXT, { newlines: true })
  text: string;
}

/** Fields left out stay as they are. */
export class UpdateCannedReplyDto {
  /** New shortcut. */
  @IfGiven()
  @Matches(SHORTCUT, SHORTCUT_RULE)
  shortcut?: string;

  /** New text. Answers that were sent keep theirs. */
  @IfGiven()
  @IsPlainText(LONGEST_TEXT, { newlines: true })
  text?: string;
}

export class CannedReplyResponse {
  id: string;
  shortcut: string;
  /** In the language of templates. */
  text: string;
  createdAt: string;
  updatedAt: string;
}

export class CannedReplyPage {
  data: CannedReplyResponse[];
  page: PageInfo;
}
