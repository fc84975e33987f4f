import { Injectable } from '@nestjs/common';
import { ContactsService } from '../contacts/contacts.service';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { composeTemplate } from './compose';
import { renderTemplate } from './render';
import type { PreviewDto } from './template.dto';
import { TemplateLookup } from './template-lookup';
import type { PreviewResponse } from './template-response.dto';

/** Shows what a message would say. Nothing is stored and nothing is sent. */
@Injectable()
export class TemplatePreview {
  constructor(
    private readonly db: TenantDb,
    private readonly lookup: TemplateLookup,
    private readonly contacts: ContactsService,
  ) {}

  /** Throws Problem 404 for no such template or contact, 422 for what a message would be refused for. */
  async show(caller: Caller, templateId: string, input: PreviewDto): Promise<PreviewResponse> {
    const language = input.language ?? (await this.languageOf(caller, input.contactId));
    const found = await this.lookup.find(caller.tenantId, { templateId, ...(language && { language }) });
    const { content } = composeTemplate(found, input.variables ?? {});
    // Of a template that the provider keeps, our own texts are the nearest thing to see.
    const texts = content.template ? renderTemplate(found.compiled, input.variables ?? {}) : content;
    return {
      templateId: found.template.id,
      version: found.template.version,
      language: found.template.language,
      subject: texts.subject ?? null,
      text: texts.text ?? null,
      html: texts.html ?? null,
      template: content.template ?? null,
    };
  }

  private async languageOf(caller: Caller, contactId: string | undefined): Promise<string | null> {
    if (contactId === undefined) return null;
    const contact = await this.db.run(caller.tenantId, (tx) => this.contacts.row(tx, contactId));
    return contact.language;
  }
}
