import { Injectable } from '@nestjs/common';
import { ContactsService } from '../contacts/contacts.service';
import { PublicAddress } from '../platform/http/public-address';
import { TenantDb } from '../platform/db/tenant-db';
import type { Caller } from '../platform/http/caller';
import { smsPartsOf } from '../providers/registry';
import { composeTemplate, inItsLetters } from './compose';
import { contactValues } from './contact-values';
import { type OwnValues, withOwnValues } from './own-values';
import type { PreviewDto } from './template.dto';
import { TemplateEngine } from './template-engine';
import { type FoundTemplate, TemplateLookup } from './template-lookup';
import type { PreviewResponse, SmsView } from './template-response.dto';

/** Beyond this no provider takes a text message, and nobody needs to know its parts. */
const LONGEST_SMS = 5_000;

/** Shows what a message would say. Nothing is stored and nothing is sent. */
@Injectable()
export class TemplatePreview {
  constructor(
    private readonly db: TenantDb,
    private readonly lookup: TemplateLookup,
    private readonly contacts: ContactsService,
    private readonly engine: TemplateEngine,
    private readonly address: PublicAddress,
  ) {}

  /** Throws Problem 404 for no such template or contact, 422 for what a message would be refused for. */
  async show(caller: Caller, templateId: string, input: PreviewDto): Promise<PreviewResponse> {
    const { contactId } = input;
    const contact =
      contactId === undefined ? null : await this.db.run(caller.tenantId, (tx) => this.contacts.row(tx, contactId));
    const language = input.language ?? contact?.language;
    const found = await this.lookup.find(caller.tenantId, { templateId, ...(language && { language }) });
    const variables = await withOwnValues(found.source, input.variables ?? {}, {
      ...(contact && { contact: () => contactValues(contact) }),
      ...this.exampleLinks(),
    });
    const { template } = found;
    const texts = await this.texts(caller.tenantId, found, variables);
    return {
      templateId: template.id,
      version: template.version,
      language: template.language,
      subject: texts.subject ?? null,
      text: texts.text ?? null,
      html: texts.html ?? null,
      template: texts.template ?? null,
      sms: template.channelType === 'SMS' ? smsView(texts.text ?? '') : null,
    };
  }

  /** A preview is for nobody: its links look like those of a message, and open nothing. */
  private exampleLinks(): OwnValues {
    const url = () => `${this.address.base}/p/preview`;
    return { unsubscribe_url: url, preferences_url: url };
  }

  /** Of a template that the provider keeps, our own texts are the nearest thing to see; approved or not. */
  private async texts(tenantId: string, found: FoundTemplate, variables: Readonly<Record<string, unknown>>) {
    const { template, source } = found;
    const seen = { ...found, template: { ...template, approvalStatus: null } };
    const { content } = await composeTemplate(this.engine, tenantId, seen, variables);
    if (!content.template) return content;
    return {
      ...inItsLetters(template, await this.engine.render(tenantId, source, variables)),
      template: content.template,
    };
  }
}

function smsView(text: string): SmsView {
  return text.length > LONGEST_SMS ? { parts: null, encoding: null } : smsPartsOf(text);
}
