import { Injectable } from '@nestjs/common';
import { audit } from '../permissions/audit';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { Cursors } from '../platform/http/cursors';
import type { Page, PageQuery } from '../platform/http/page';
import { Problem } from '../platform/http/problem';
import { presentVersion } from './layouts/layout.queries';
import { change, existing } from './template-change';
import { diffVersions } from './template-diff';
import { TemplateLookup } from './template-lookup';
import { lockTemplates } from './template.queries';
import type { TemplateDiffResponse, TemplateResponse, TemplateVersionResponse } from './template-response.dto';
import { findVersion, listVersions, type TemplateVersionRow } from './template-version.queries';
import { templateView, versionView } from './template.view';

/** What a template said before, and the way back. */
@Injectable()
export class TemplateVersionsService {
  constructor(
    private readonly db: TenantDb,
    private readonly cursors: Cursors,
    private readonly lookup: TemplateLookup,
  ) {}

  /** Newest first. Throws Problem 404. */
  list(caller: Caller, id: string, query: PageQuery): Promise<Page<TemplateVersionResponse>> {
    const list = { tenantId: caller.tenantId, route: `GET /templates/${id}/versions`, query };
    const after = this.cursors.after(list);
    return this.db.run(caller.tenantId, async (tx) => {
      await existing(tx, id);
      const rows = await listVersions(tx, id, { before: after === null ? null : Number(after), limit: query.limit });
      const { data, page } = this.cursors.page(
        list,
        rows.map((row) => ({ ...row, id: String(row.version) })),
      );
      return { data: data.map(versionView), page };
    });
  }

  /** Throws Problem 404. */
  get(caller: Caller, id: string, version: number): Promise<TemplateVersionResponse> {
    return this.db.run(caller.tenantId, async (tx) => versionView(await this.row(tx, id, version)));
  }

  /** What is different in a version, seen from another. Throws Problem 404. */
  diff(caller: Caller, id: string, { from, to }: { from: number; to: number }): Promise<TemplateDiffResponse> {
    return this.db.run(caller.tenantId, async (tx) =>
      diffVersions(await this.row(tx, id, from), await this.row(tx, id, to)),
    );
  }

  /**
   * Makes a new version that says what an old one said, in the present version of its layout where there still is one. The
   * present version where nothing is different. Throws Problem 404, 422 where the rules for templates are others now.
   */
  async restore(caller: Caller, id: string, version: number): Promise<TemplateResponse> {
    const restored = await this.db.run(caller.tenantId, async (tx) => {
      await lockTemplates(tx);
      const before = await existing(tx, id);
      const old = await this.row(tx, id, version);
      const { subject, body, html, mjml, variables, smsTransliterate, layoutId } = old;
      const layoutVersion = (layoutId === null ? undefined : await presentVersion(tx, layoutId)) ?? old.layoutVersion;
      const texts = { subject, body, html, mjml, variables, smsTransliterate, layoutId, layoutVersion };
      const after = await change(tx, caller, before, { ...before, ...texts });
      await audit(tx, caller, 'template.restored', 'template', id, { from: version, version: after.version });
      return templateView(after);
    });
    this.lookup.forget();
    return restored;
  }

  private async row(tx: Tx, id: string, version: number): Promise<TemplateVersionRow> {
    await existing(tx, id);
    const row = await findVersion(tx, id, version);
    if (!row) throw Problem.notFound('version of the template');
    return row;
  }
}
