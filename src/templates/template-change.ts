import type { Caller } from '../platform/http/caller';
import type { Tx } from '../platform/db/tenant-db';
import { Problem } from '../platform/http/problem';
import { actorOf } from '../permissions/audit';
import { presentVersion } from './layouts/layout.queries';
import { checkTemplate } from './template-check';
import type { CreateTemplateDto, UpdateTemplateDto } from './template.dto';
import type { PreparedTexts } from './template-preparation';
import { findTemplate, nameIsTaken, type TemplateRow, updateTemplate } from './template.queries';
import { insertVersion, type TemplateVersion } from './template-version.queries';
import { readSpecs } from './variables';

/** What a version says, without its number and author. */
export type TemplateTextsRow = Omit<TemplateVersion, 'version' | 'createdBy'>;

/** The template. Throws Problem 404. */
export async function existing(tx: Tx, id: string): Promise<TemplateRow> {
  const template = await findTemplate(tx, id);
  if (!template) throw Problem.notFound('template');
  return template;
}

/** A new template, with what it leaves out. */
export function draftOf(input: CreateTemplateDto, { subject, body, html, mjml }: PreparedTexts) {
  return {
    channelType: input.channelType,
    subject: subject ?? null,
    body: body ?? null,
    html: html ?? null,
    mjml: mjml ?? null,
    variables: readSpecs(input.variables ?? []),
    layoutId: input.layoutId ?? null,
    layoutVersion: null,
    smsTransliterate: input.smsTransliterate ?? false,
    providerTemplateName: input.providerTemplateName ?? null,
  };
}

/** The template with the fields that are named. */
export function merged(before: TemplateRow, input: UpdateTemplateDto, prepared: PreparedTexts): TemplateRow {
  const { subject = before.subject, body = before.body } = prepared;
  const { html = null, mjml = null } = leavesHtml(before, input) ? before : prepared;
  const variables = input.variables ? readSpecs(input.variables) : before.variables;
  const { layoutId = before.layoutId, smsTransliterate = before.smsTransliterate } = input;
  const { name = before.name, language = before.language, category = before.category } = input;
  const { providerTemplateName = before.providerTemplateName } = input;
  const texts = { subject, body, html, mjml, variables, layoutId, smsTransliterate };
  return { ...before, ...texts, name: name.normalize(), language, category, providerTemplateName };
}

/** To empty MJML where there is none is to change nothing. */
function leavesHtml(before: TemplateRow, { html, mjml }: UpdateTemplateDto): boolean {
  return html === undefined && (mjml === undefined || (mjml === null && before.mjml === null));
}

/** The texts with the present version of their layout. Throws Problem 404 where there is no such layout. */
export async function withLayout<T extends { layoutId: string | null }>(tx: Tx, texts: T) {
  if (texts.layoutId === null) return { ...texts, layoutVersion: null };
  const layoutVersion = await presentVersion(tx, texts.layoutId);
  if (layoutVersion === undefined) throw Problem.notFound('layout');
  return { ...texts, layoutVersion };
}

/** Writes what changed: a new version where it is a text. Throws Problem 409, 422. */
export async function change(tx: Tx, caller: Caller, before: TemplateRow, after: TemplateRow): Promise<TemplateRow> {
  checkTemplate(after);
  if (await nameIsTaken(tx, after)) throw nameTaken();
  const version = before.version + (sameTexts(before, after) ? 0 : 1);
  if (version > before.version) await insertVersion(tx, before.id, { ...after, version, createdBy: actorOf(caller) });
  await updateTemplate(tx, { ...after, version });
  return existing(tx, before.id);
}

function sameTexts(before: TemplateTextsRow, after: TemplateTextsRow): boolean {
  const shape = (row: TemplateTextsRow) =>
    JSON.stringify([
      ...[row.subject, row.body, row.html, row.mjml, row.layoutId, row.layoutVersion, row.smsTransliterate],
      row.variables.map((v) => [v.name, v.required, v.default, v.type]),
    ]);
  return shape(before) === shape(after);
}

export function nameTaken(): Problem {
  return Problem.conflict('duplicate_name', 'There is a template of this name for this channel type and language.');
}
