import type { TemplateRow } from './template.queries';
import type { TemplateApprovalView, TemplateResponse, TemplateVersionResponse } from './template-response.dto';
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
    mjml: template.mjml,
    variables: [...template.variables],
    providerTemplateName: template.providerTemplateName,
    approval: approvalView(template),
    layoutId: template.layoutId,
    layoutVersion: template.layoutVersion,
    smsTransliterate: template.smsTransliterate,
    usageCount: Number(template.usageCount),
    lastUsedAt: template.lastUsedAt?.toISOString() ?? null,
    createdAt: template.createdAt.toISOString(),
    updatedAt: template.updatedAt.toISOString(),
  };
}

/** A version as the API shows it. */
export function versionView(row: TemplateVersionRow): TemplateVersionResponse {
  const { version, subject, body, html, mjml, layoutId, layoutVersion, smsTransliterate, createdBy } = row;
  const texts = { subject, body, html, mjml, variables: [...row.variables], layoutId, layoutVersion, smsTransliterate };
  return { version, ...texts, createdBy, createdAt: row.createdAt.toISOString() };
}

/** What the provider said, null where nobody asked. */
export function approvalView(
  template: Pick<TemplateRow, 'approvalStatus' | 'approvalReason' | 'approvalSyncedAt'>,
): TemplateApprovalView | null {
  const { approvalStatus: status, approvalReason: reason, approvalSyncedAt } = template;
  return status === null || !approvalSyncedAt ? null : { status, reason, syncedAt: approvalSyncedAt.toISOString() };
}
