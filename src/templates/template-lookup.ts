import { Injectable } from '@nestjs/common';
import { TenantDb, type Tx } from '../platform/db/tenant-db';
import { Problem } from '../platform/http/problem';
import type { ChannelType } from '../providers/provider';
import { languageChain } from './languages';
import { type CompiledTemplate, compileTemplate } from './render';
import { findTemplate, listLanguages, tenantLanguage, type TemplateRow } from './template.queries';

/** How a message names its template: by id, or by name; `language` picks among those of the same name. */
export interface TemplateSelector {
  channelType?: ChannelType;
  templateId?: string;
  templateName?: string;
  language?: string;
}

/** A template that was found, parsed. */
export interface FoundTemplate {
  template: TemplateRow;
  compiled: CompiledTemplate;
}

const FRESH_FOR_MS = 1_000;
/** Each may hold 128 kB of source and what it was parsed to. */
const MOST_REMEMBERED = 200;

/**
 * Finds templates for messages, and remembers them parsed for one second: a thousand messages with one template must not
 * read and parse it a thousand times. A change made in another process shows after that second.
 */
@Injectable()
export class TemplateLookup {
  private readonly fresh = new Map<string, { found: Promise<FoundTemplate>; until: number }>();

  constructor(private readonly db: TenantDb) {}

  /** Throws Problem 404 for none, 422 for one of another channel type and for a name that has no such language. */
  find(tenantId: string, selector: TemplateSelector): Promise<FoundTemplate> {
    const { channelType, templateId, templateName, language } = selector;
    const key = JSON.stringify([tenantId, channelType, templateId, templateName, language, this.db.heldTo]);
    const known = this.fresh.get(key);
    if (known && known.until > performance.now()) return known.found;
    if (this.fresh.size >= MOST_REMEMBERED) this.fresh.clear();
    const found = this.db.run(tenantId, (tx) => findBy(tx, selector));
    this.fresh.set(key, { found, until: performance.now() + FRESH_FOR_MS });
    found.catch(() => this.fresh.delete(key)); // a failure is not worth remembering
    return found;
  }

  /** Forgets what was remembered: after a template was changed here. */
  forget(): void {
    this.fresh.clear();
  }
}

async function findBy(tx: Tx, selector: TemplateSelector): Promise<FoundTemplate> {
  const template = selector.templateId
    ? await findById(tx, selector.templateId, selector)
    : await findByName(tx, selector.templateName ?? '', selector);
  return { template, compiled: compileTemplate(template, template.variables) };
}

async function findById(tx: Tx, id: string, { channelType, language }: TemplateSelector): Promise<TemplateRow> {
  const named = await findTemplate(tx, id);
  if (!named) throw Problem.notFound('template');
  if (channelType && named.channelType !== channelType)
    throw Problem.invalidField('/templateId', `is a template for ${named.channelType}, not for ${channelType}`);
  if (language === undefined || language === named.language) return named;
  const languages = await listLanguages(tx, named.name, named.channelType);
  const best = bestOf(languages, languageChain(language, await tenantLanguage(tx)));
  return (best && (await findTemplate(tx, best.id))) ?? named;
}

async function findByName(tx: Tx, name: string, { channelType, language }: TemplateSelector): Promise<TemplateRow> {
  if (!channelType) throw new Error('A template name means nothing without its channel type');
  const languages = await listLanguages(tx, name.normalize(), channelType);
  if (!languages.length) throw Problem.notFound('template');
  const best = bestOf(languages, languageChain(language, await tenantLanguage(tx)));
  const template = best && (await findTemplate(tx, best.id));
  if (template) return template;
  const known = languages.map((each) => each.language).join(', ');
  throw Problem.invalidField(
    '/language',
    `the template has no text in it, nor in the tenant's language, but in ${known}`,
  );
}

function bestOf<T extends { language: string }>(templates: readonly T[], chain: readonly string[]): T | undefined {
  for (const language of chain) {
    const match = templates.find((template) => template.language === language);
    if (match) return match;
  }
  return undefined;
}
