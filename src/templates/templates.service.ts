import { Injectable } from '@nestjs/common';
import { actorOf, audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page, PageQuery } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { type ComposedTemplate, composeTemplate } from './compose';
import { checkTemplate } from './template-check';
import type { CreateTemplateDto, TemplateQuery, UpdateTemplateDto } from './template.dto';
import { type FoundTemplate, TemplateLookup, type TemplateSelector } from './template-lookup';
import {
  findTemplate,
  insertTemplate,
  listTemplates,
  lockTemplate,
  markDeleted,
  nameIsTaken,
  tenantLanguage,
  type TemplateRow,
  updateTemplate,
} from './template.queries';
import type { TemplateResponse, TemplateVersionResponse } from './template-response.dto';
import { insertVersion, listVersions } from './template-version.queries';
import { templateView, versionView } from './template.view';
import { readSpecs } from './variables';

@Injectable()
export class TemplatesService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly lookup: TemplateLookup,
  ) {}

  /** Throws Problem 409 for a name that is taken in this language, 422 for what is not a template. */
  async create(caller: Caller, input: CreateTemplateDto): Promise<TemplateResponse> {
    const draft = draftOf(input);
    checkTemplate(draft);
    const created = await this.db.run(caller.tenantId, async (tx) => {
      const id = uuidv7();
      const language = input.language ?? (await tenantLanguage(tx));
      const head = { id, name: input.name.normalize(), language, category: input.category ?? 'GENERAL' };
      if (!(await insertTemplate(tx, { ...draft, ...head }))) throw nameTaken();
      await insertVersion(tx, id, { ...draft, version: 1, createdBy: actorOf(caller) });
      await audit(tx, caller, 'template.created', 'template', id, { name: head.name, language });
      return templateView(await this.row(tx, id));
    });
    this.lookup.forget();
    return created;
  }

  /** Newest first. */
  list(caller: Caller, query: TemplateQuery): Promise<Page<TemplateResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /templates', query };
    const filter = {
      channelType: query.channelType ?? null,
      language: query.language ?? null,
      search: query.search?.normalize() ?? null,
      after: this.cursors.after(list),
      limit: query.limit,
    };
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listTemplates(tx, filter)).map(templateView)),
    );
  }

  /** Throws Problem 404. */
  get(caller: Caller, id: string): Promise<TemplateResponse> {
    return this.db.run(caller.tenantId, async (tx) => templateView(await this.row(tx, id)));
  }

  /** Changes the fields that are named; texts and variables by a new version. Throws Problem 404, 409, 422. */
  async update(caller: Caller, id: string, input: UpdateTemplateDto): Promise<TemplateResponse> {
    const changed = await this.db.run(caller.tenantId, async (tx) => {
      const before = await lockTemplate(tx, id);
      if (!before) throw Problem.notFound('template');
      const after = merged(before, input);
      checkTemplate(after);
      if (await nameIsTaken(tx, after)) throw nameTaken();
      if (after.version > before.version) await insertVersion(tx, id, { ...after, createdBy: actorOf(caller) });
      await updateTemplate(tx, after);
      await audit(tx, caller, 'template.updated', 'template', id, {
        fields: Object.keys(input),
        version: after.version,
      });
      return templateView(await this.row(tx, id));
    });
    this.lookup.forget();
    return changed;
  }

  /** Soft: messages keep what they were made of, the name is free again. Throws Problem 404. */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.db.run(caller.tenantId, async (tx) => {
      await this.row(tx, id);
      await markDeleted(tx, id);
      await audit(tx, caller, 'template.deleted', 'template', id, {});
    });
    this.lookup.forget();
  }

  /** Newest first. Throws Problem 404. */
  versions(caller: Caller, id: string, query: PageQuery): Promise<Page<TemplateVersionResponse>> {
    const list = { tenantId: caller.tenantId, route: `GET /templates/${id}/versions`, query };
    const after = this.cursors.after(list);
    return this.db.run(caller.tenantId, async (tx) => {
      await this.row(tx, id);
      const rows = await listVersions(tx, id, { before: after === null ? null : Number(after), limit: query.limit });
      const { data, page } = this.cursors.page(
        list,
        rows.map((row) => ({ ...row, id: String(row.version) })),
      );
      return { data: data.map(versionView), page };
    });
  }

  /** The template that a message names, parsed. Throws Problem 404, 422. */
  resolve(tenantId: string, selector: TemplateSelector): Promise<FoundTemplate> {
    return this.lookup.find(tenantId, selector);
  }

  /** The template that a message names, with its values. Throws Problem 404, 422. */
  async compose(
    tenantId: string,
    selector: TemplateSelector,
    variables: Readonly<Record<string, unknown>>,
  ): Promise<ComposedTemplate> {
    return composeTemplate(await this.lookup.find(tenantId, selector), variables);
  }

  private async row(tx: Tx, id: string): Promise<TemplateRow> {
    const template = await findTemplate(tx, id);
    if (!template) throw Problem.notFound('template');
    return template;
  }
}

function draftOf({ channelType, subject, body, html, variables, providerTemplateName }: CreateTemplateDto) {
  return {
    channelType,
    subject: subject ?? null,
    body: body ?? null,
    html: html ?? null,
    variables: readSpecs(variables ?? []),
    providerTemplateName: providerTemplateName ?? null,
  };
}

function merged(before: TemplateRow, input: UpdateTemplateDto): TemplateRow {
  const { subject = before.subject, body = before.body, html = before.html } = input;
  const variables = input.variables ? readSpecs(input.variables) : before.variables;
  const texts = { subject, body, html, variables };
  const { name = before.name, language = before.language, category = before.category } = input;
  const { providerTemplateName = before.providerTemplateName } = input;
  const version = before.version + (sameTexts(before, texts) ? 0 : 1);
  return { ...before, ...texts, name: name.normalize(), language, category, providerTemplateName, version };
}

function sameTexts(before: TemplateRow, after: Pick<TemplateRow, 'subject' | 'body' | 'html' | 'variables'>): boolean {
  const shape = ({ subject, body, html, variables }: typeof after) =>
    JSON.stringify([subject, body, html, variables.map((v) => [v.name, v.required, v.default, v.type])]);
  return shape(before) === shape(after);
}

function nameTaken(): Problem {
  return Problem.conflict('duplicate_name', 'There is a template of this name for this channel type and language.');
}
