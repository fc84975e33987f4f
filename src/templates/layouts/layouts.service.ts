import { Injectable } from '@nestjs/common';
import { actorOf, audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Cursors } from '../../platform/http/cursors';
import type { Page, PageQuery } from '../../platform/http/page';
import { Problem } from '../../platform/http/problem';
import { TemplateEngine } from '../template-engine';
import { TemplateLookup } from '../template-lookup';
import { checkLength } from '../template-preparation';
import { lockTemplates } from '../template.queries';
import type { CreateLayoutDto, UpdateLayoutDto } from './layout.dto';
import {
  findLayout,
  insertLayout,
  insertLayoutVersion,
  layoutNameIsTaken,
  type LayoutRow,
  listLayouts,
  markLayoutDeleted,
  moveTemplates,
  updateLayout,
} from './layout.queries';
import type { LayoutResponse } from './layout-response.dto';

@Injectable()
export class LayoutsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly engine: TemplateEngine,
    private readonly lookup: TemplateLookup,
  ) {}

  /** Throws Problem 409 for a name that is taken, 422 for HTML that is no layout. */
  async create(caller: Caller, { name, html }: CreateLayoutDto): Promise<LayoutResponse> {
    await this.check(caller, html);
    return this.db.run(caller.tenantId, async (tx) => {
      const id = uuidv7();
      if (!(await insertLayout(tx, id, name.normalize()))) throw nameTaken();
      await insertLayoutVersion(tx, id, { version: 1, html, createdBy: actorOf(caller) });
      await audit(tx, caller, 'layout.created', 'layout', id, { name });
      return layoutView(await this.row(tx, id));
    });
  }

  /** Newest first. */
  list(caller: Caller, query: PageQuery): Promise<Page<LayoutResponse>> {
    const list = { tenantId: caller.tenantId, route: 'GET /template-layouts', query };
    const after = this.cursors.after(list);
    return this.db.run(caller.tenantId, async (tx) =>
      this.cursors.page(list, (await listLayouts(tx, { after, limit: query.limit })).map(layoutView)),
    );
  }

  /** Throws Problem 404. */
  get(caller: Caller, id: string): Promise<LayoutResponse> {
    return this.db.run(caller.tenantId, async (tx) => layoutView(await this.row(tx, id)));
  }

  /** New HTML makes a new version, of the layout and of every template in it. Throws Problem 404, 409, 422. */
  async update(caller: Caller, id: string, input: UpdateLayoutDto): Promise<LayoutResponse> {
    if (input.html !== undefined) await this.check(caller, input.html);
    const changed = await this.db.run(caller.tenantId, async (tx) => {
      await lockTemplates(tx);
      const before = await this.row(tx, id);
      const name = input.name?.normalize() ?? before.name;
      const html = input.html ?? before.html;
      if (await layoutNameIsTaken(tx, id, name)) throw nameTaken();
      const version = before.version + (html === before.html ? 0 : 1);
      await updateLayout(tx, id, { name, version });
      if (version > before.version) {
        await insertLayoutVersion(tx, id, { version, html, createdBy: actorOf(caller) });
        await moveTemplates(tx, id, { version, createdBy: actorOf(caller) });
      }
      await audit(tx, caller, 'layout.updated', 'layout', id, { fields: Object.keys(input), version });
      return layoutView(await this.row(tx, id));
    });
    this.lookup.forget();
    return changed;
  }

  /** Soft: older versions of templates keep it. Throws Problem 404, 409 while a template stands in it. */
  remove(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      await lockTemplates(tx);
      const { templates } = await this.row(tx, id);
      if (Number(templates) > 0) throw Problem.conflict('in_use', `Templates stand in this layout: ${templates}.`);
      await markLayoutDeleted(tx, id);
      await audit(tx, caller, 'layout.deleted', 'layout', id, {});
    });
  }

  private async check({ tenantId }: Caller, html: string): Promise<void> {
    checkLength('/html', html);
    await this.engine.check(tenantId, { html }, { isLayout: true });
  }

  private async row(tx: Tx, id: string): Promise<LayoutRow> {
    const layout = await findLayout(tx, id);
    if (!layout) throw Problem.notFound('layout');
    return layout;
  }
}

function layoutView(layout: LayoutRow): LayoutResponse {
  const { id, name, version, html, templates, createdAt, updatedAt } = layout;
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, name, version, html, templates: Number(templates), ...times };
}

function nameTaken(): Problem {
  return Problem.conflict('duplicate_name', 'Another layout has this name.');
}
