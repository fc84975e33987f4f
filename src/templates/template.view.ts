import type { TemplateRow } from './template.queries';
import type { TemplateResponse, TemplateVersionResponse } from './template-response.dto';
import type { TemplateVersionRow } from './template-version.queries';

/** A template as the API shows it: named fields only. */
export function templateView(template: TemplateRow): TemplateResponse {
  return {
    id: template.id,
    name: template.name,
    channelType: template.channelType,
    language: template.language,
    category: template.category,
    version: template.version,
    subject: template.subject,
    body: template.body,
    html: template.html,
    mjml: null,
    variables: template.variables,
    providerTemplateName: template.providerTemplateName,
    usageCount: Number(template.usageCount),
    lastUsedAt: template.lastUsedAt?.toISOString() ?? null,
    createdAt: template.createdAt.toISOString(),
    updatedAt: template.updatedAt.toISOString(),
  };
}

/** A version as the API shows it. */
export function versionView(row: TemplateVersionRow): TemplateVersionResponse {
  const { version, subject, body, html, variables, createdBy } = row;
  return { version, subject, body, html, variables, createdBy, createdAt: row.createdAt.toISOString() };
}
