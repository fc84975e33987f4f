import { Problem } from '../platform/http/problem';
import type { Content } from '../providers/provider';
import { providerParameters } from './provider-parameters';
import { transliterate } from './sms-letters';
import type { TemplateEngine } from './template-engine';
import type { FoundTemplate } from './template-lookup';
import type { TemplateRow } from './template.queries';

/** A template with its values, as a message carries it. */
export interface ComposedTemplate {
  content: Content;
  templateId: string;
  templateVersion: number;
}

/**
 * Throws Problem 409 for a template that the provider does not let through, 422 naming the variables that are missing or
 * cannot be written.
 */
export async function composeTemplate(
  engine: TemplateEngine,
  tenantId: string,
  found: FoundTemplate,
  variables: Readonly<Record<string, unknown>>,
): Promise<ComposedTemplate> {
  const { template, source } = found;
  checkApproval(template);
  const { channelType, providerTemplateName, language } = template;
  const content: Content =
    providerTemplateName === null
      ? inItsLetters(template, await engine.render(tenantId, source, variables))
      : {
          template: {
            name: providerTemplateName,
            language,
            variables: providerParameters(channelType, template.variables, variables),
            ...(channelType === 'WHATSAPP' && { category: template.category }),
          },
        };
  return { content, templateId: template.id, templateVersion: template.version };
}

/** A text message in letters that need no more than their share of it, where the template asks for that. */
export function inItsLetters<T extends { text?: string }>({ smsTransliterate }: TemplateRow, texts: T): T {
  return smsTransliterate && texts.text !== undefined ? { ...texts, text: transliterate(texts.text) } : texts;
}

/** What the provider says of a template that it lets through. What nobody asked about may be let through. */
const SENDABLE: ReadonlySet<string | null> = new Set([null, 'APPROVED', 'UNKNOWN']);

function checkApproval({ approvalStatus }: TemplateRow): void {
  if (SENDABLE.has(approvalStatus)) return;
  throw Problem.conflict('template_not_approved', `The provider says of this template: ${approvalStatus}.`);
}
