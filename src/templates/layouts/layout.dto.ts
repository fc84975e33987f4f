import { IsPlainText } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';

const LONGEST_HTML = 65_536;

export class CreateLayoutDto {
  /** Name, unique among your layouts. */
  @IsPlainText(100)
  name: string;

  /** HTML in Liquid, up to 64 kB, with `{{ content }}` once where the e-mail goes. Variables are those of the template. */
  @IsPlainText(LONGEST_HTML, { newlines: true })
  html: string;
}

/** Fields to change. A change of the HTML makes a new version of every template that stands in the layout. */
export class UpdateLayoutDto {
  /** New name. */
  @IfGiven()
  @IsPlainText(100)
  name?: string;

  /** New HTML. */
  @IfGiven()
  @IsPlainText(LONGEST_HTML, { newlines: true })
  html?: string;
}
