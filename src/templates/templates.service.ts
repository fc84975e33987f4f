import { Injectable } from '@nestjs/common';
import { actorOf, audit } from '../permissions/audit';
import { TenantDb } from '../platform/db/tenant-db';
import { uuidv7 } from '../platform/db/uuid';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page } from '../platform/http/page';
import { type ComposedTemplate, composeTemplate } from './compose';
import { type OwnValues, withOwnValues } from './own-values';
import { change, draftOf, existing, merged, nameTaken, withLayout } from './template-change';
import { checkTemplate } from './template-check';
import type { CreateTemplateDto, TemplateQuery, UpdateTemplateDto } from './template.dto';
import { TemplateEngine } from './template-engine';
import { type FoundTemplate, TemplateLookup, type TemplateSelector } from './template-lookup';
import { TemplatePreparation } from './template-preparation';
import { insertTemplate, listTemplates, lockTemplates, markDeleted, tenantLanguage } from './template.queries';
import type { TemplateResponse } from './template-response.dto';
import { insertVersion } from './template-version.queries';
import { templateView } from './template.view';

@Injectable()
export class TemplatesService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly lookup: TemplateLookup,
    private readonly preparation: TemplatePreparation,
    private readonly engine: TemplateEngine,
  ) {}

  /** Throws Problem 404 for no such layout, 409 for a name that is taken in this language, 422 for what is not a template. */
  async create(caller: Caller, input: CreateTemplateDto): Promise<TemplateResponse> {
    const draft = draftOf(input, await this.preparation.prepare(caller.tenantId, input));
    checkTemplate(draft);
    const created = await this.db.run(caller.tenantId, async (tx) => {
      await lockTemplates(tx);
      const id = uuidv7();
      const language = input.language ?? (await tenantLanguage(tx));
      const head = { id, name: input.name.normalize(), language, category: input.category ?? 'GENERAL' };
      if (!(await insertTemplate(tx, { ...draft, ...head }))) throw nameTaken();
      const texts = await withLayout(tx, draft);
      await insertVersion(tx, id, { ...texts, version: 1, createdBy: actorOf(caller) });
      await audit(tx, caller, 'template.created', 'template', id, { name: head.name, language });
      return templateView(await existing(tx, id));
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
    return this.db.run(caller.tenantId, async (tx) => templateView(await existing(tx, id)));
  }

  /** Changes the fields that are named; texts and variables by a new version. Throws Problem 404, 409, 422. */
  async update(caller: Caller, id: string, input: UpdateTemplateDto): Promise<TemplateResponse> {
    const prepared = await this.preparation.prepare(caller.tenantId, input);
    const changed = await this.db.run(caller.tenantId, async (tx) => {
      await lockTemplates(tx);
      const before = await existing(tx, id);
      const wanted = merged(before, input, prepared);
      const isMoved = wanted.layoutId !== before.layoutId;
      const after = await change(tx, caller, before, isMoved ? await withLayout(tx, wanted) : wanted);
      const detail = { fields: Object.keys(input), version: after.version };
      await audit(tx, caller, 'template.updated', 'template', id, detail);
      return templateView(after);
    });
    this.lookup.forget();
    return changed;
  }

  /** Soft: messages keep what they were made of, the name is free again. Throws Problem 404. */
  async remove(caller: Caller, id: string): Promise<void> {
    await this.db.run(caller.tenantId, async (tx) => {
      await existing(tx, id);
      await markDeleted(tx, id);
      await audit(tx, caller, 'template.deleted', 'template', id, {});
    });
    this.lookup.forget();
  }

  /** The template that a message names, parsed. Throws Problem 404, 422. */
  resolve(tenantId: string, selector: TemplateSelector): Promise<FoundTemplate> {
    return this.lookup.find(tenantId, selector);
  }

  /**
   * The template that a message names, with its values, and those of ours that it uses. Throws Problem 404, 409 for a template
   * that the provider does not let through, 422.
   */
  async compose(
    tenantId: string,
    selector: TemplateSelector,
    variables: Readonly<Record<string, unknown>>,
    own: OwnValues = {},
  ): Promise<ComposedTemplate> {
    const found = await this.lookup.find(tenantId, selector);
    return composeTemplate(this.engine, tenantId, found, await withOwnValues(found.source, variables, own));
  }
}
