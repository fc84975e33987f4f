import { textOf, type JsonObject } from '../json';
import type { Account, Fault, ListedTemplate, ProviderIo, TemplatesResult, TemplateStatus } from '../provider';
import { getRequest } from './api';
import { ask } from './check';
import type { WhatsappCredentials } from './credentials';
import { objectOf, objectsOf } from './members';

const FIELDS = 'name,language,status,category,rejected_reason';
const PAGE_SIZE = 200;
/** Meta lets an account keep 6,000 templates, each in many languages; the rest of a larger list is not read. */
const MOST_PAGES = 50;

/** Meta's words (message template, `status`); what is being appealed or deleted cannot be sent either. */
const STATUSES: Readonly<Record<string, TemplateStatus>> = {
  APPROVED: 'APPROVED',
  PENDING: 'PENDING',
  IN_APPEAL: 'PENDING',
  REJECTED: 'REJECTED',
  PAUSED: 'PAUSED',
  DISABLED: 'DISABLED',
  PENDING_DELETION: 'DISABLED',
  DELETED: 'DISABLED',
  LIMIT_EXCEEDED: 'DISABLED',
  ARCHIVED: 'DISABLED',
};

/** GET <WhatsApp Business Account>/message_templates, page after page. */
export async function listTemplates(account: Account<WhatsappCredentials>, io: ProviderIo): Promise<TemplatesResult> {
  const { wabaId } = account.credentials;
  if (wabaId === undefined) return { fault: NO_ACCOUNT };
  const templates: ListedTemplate[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const query = new URLSearchParams({
      fields: FIELDS,
      limit: String(PAGE_SIZE),
      ...(after !== undefined && { after }),
    });
    const asked = await ask(getRequest(account, `${wabaId}/message_templates?${query.toString()}`), account, io);
    if ('fault' in asked) return { fault: asked.fault };
    templates.push(...objectsOf(asked.body, 'data').flatMap(templateIn));
    after = nextPage(asked.body);
    if (after === undefined) break;
  }
  return { templates };
}

const NO_ACCOUNT: Fault = {
  class: 'config',
  code: 'no_waba_id',
  message: 'The channel needs the WhatsApp Business Account ID (credentials.wabaId) to list its templates.',
};

function templateIn(template: JsonObject): ListedTemplate[] {
  const [name, language] = [textOf(template, 'name'), textOf(template, 'language')];
  if (name === undefined || language === undefined) return [];
  const word = textOf(template, 'status') ?? '';
  const status = (Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined) ?? 'UNKNOWN';
  const reason = textOf(template, 'rejected_reason');
  return [{ name, language, status, ...(reason !== undefined && reason !== 'NONE' && { reason }) }];
}

/** The address in `paging.next` names a host; only its cursor is taken. */
function nextPage(body: JsonObject): string | undefined {
  const paging = objectOf(body, 'paging');
  return textOf(paging, 'next') === undefined ? undefined : textOf(objectOf(paging, 'cursors'), 'after');
}
