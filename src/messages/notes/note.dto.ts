import { IsPlainText } from '../../platform/http/fields';

export class CreateNoteDto {
  /** What colleagues are to know, at most 4000 characters. It is never sent to anybody. */
  @IsPlainText(4000, { newlines: true })
  text: string;
}
