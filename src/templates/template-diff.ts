import { type DiffPiece, diffLines } from './line-diff';
import type { TemplateDiffResponse } from './template-response.dto';
import type { TemplateVersionRow } from './template-version.queries';

/** How each field is compared: as lines of text. */
const FIELDS: Readonly<Record<string, (version: TemplateVersionRow) => string | null>> = {
  subject: ({ subject }) => subject,
  body: ({ body }) => body,
  // What is made of MJML differs as the MJML does.
  html: ({ html, mjml }) => (mjml === null ? html : null),
  mjml: ({ mjml }) => mjml,
  variables: ({ variables }) => variables.map((variable) => JSON.stringify(variable)).join('\n'),
  layout: ({ layoutId, layoutVersion }) => layoutId && `${layoutId} version ${layoutVersion}`,
  smsTransliterate: ({ smsTransliterate }) => String(smsTransliterate),
};

/** What is different, field by field and line by line; fields that are the same are left out. */
export function diffVersions(from: TemplateVersionRow, to: TemplateVersionRow): TemplateDiffResponse {
  const changes = Object.entries(FIELDS).flatMap(([field, textOf]) => {
    const [before, after] = [textOf(from), textOf(to)];
    return before === after ? [] : [{ field, pieces: piecesOf(before, after) }];
  });
  return { from: from.version, to: to.version, changes };
}

function piecesOf(before: string | null, after: string | null): DiffPiece[] {
  if (before === null) return [{ change: 'ADDED', text: after ?? '' }];
  return after === null ? [{ change: 'REMOVED', text: before }] : diffLines(before, after);
}
