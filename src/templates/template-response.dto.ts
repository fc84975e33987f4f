import { ApiProperty } from '@nestjs/swagger';
import { VALUE_SCHEMAS, type VariableType } from './variables';
import { PageInfo } from '../platform/http/page-info.dto';

export class TemplateVariableView {
  name: string;
  /** Whether a message without it is refused. */
  required: boolean;
  /** Taken where a message leaves an optional one out. */
  @ApiProperty({ anyOf: VALUE_SCHEMAS })
  default: unknown;
  /** STRING, NUMBER, BOOLEAN, DATE, LIST or OBJECT. */
  type: VariableType;
}

/** What the provider says of a template that it keeps. */
export class TemplateApprovalView {
  /** APPROVED, PENDING, REJECTED, PAUSED, DISABLED, or UNKNOWN for a word that we do not know or a template that is not there. */
  status: string;
  /** Why it is not approved, in the provider's words. */
  reason: string | null;
  /** When the provider was asked. */
  syncedAt: string;
}

export class TemplateResponse {
  id: string;
  name: string;
  /** EMAIL, SMS, WHATSAPP or TELEGRAM. */
  channelType: string;
  language: string;
  category: string;
  /** Counts up with every change of a text or of variables. */
  version: number;
  subject: string | null;
  body: string | null;
  /** HTML, or what was made of the MJML. */
  html: string | null;
  /** What the HTML was made of, where it was not written as HTML. */
  mjml: string | null;
  variables: TemplateVariableView[];
  /** Name or id under which the provider keeps it. */
  providerTemplateName: string | null;
  /** Null where the provider keeps no template, or was not asked yet (POST /templates/sync). */
  approval: TemplateApprovalView | null;
  /** Layout around the HTML. */
  layoutId: string | null;
  /** Version of the layout that this version stands in. */
  layoutVersion: number | null;
  /** Whether text messages are written in letters that take the least room. */
  smsTransliterate: boolean;
  /** Messages accepted with it. */
  usageCount: number;
  lastUsedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export class TemplatePage {
  data: TemplateResponse[];
  page: PageInfo;
}

export class TemplateVersionResponse {
  version: number;
  subject: string | null;
  body: string | null;
  html: string | null;
  mjml: string | null;
  variables: TemplateVariableView[];
  layoutId: string | null;
  layoutVersion: number | null;
  smsTransliterate: boolean;
  /** `key:<id>`, and in front of it `user:<id>` where the key acts for one. */
  createdBy: string;
  createdAt: string;
}

export class TemplateVersionPage {
  data: TemplateVersionResponse[];
  page: PageInfo;
}

export class DiffPieceView {
  /** SAME, REMOVED or ADDED. */
  change: string;
  /** Lines, with line breaks between them. */
  text: string;
}

export class TemplateFieldDiff {
  /** subject, body, html, mjml, variables, layout or smsTransliterate. */
  field: string;
  pieces: DiffPieceView[];
}

export class TemplateDiffResponse {
  from: number;
  to: number;
  /** Only fields that are different. */
  changes: TemplateFieldDiff[];
}

export class SmsView {
  /** How many parts the text takes; null where it is longer than any provider takes. */
  parts: number | null;
  /** GSM-7, or UCS-2 where a character needs it. */
  encoding: string | null;
}

export class TemplateSyncView {
  templateId: string;
  name: string;
  language: string;
  approval: TemplateApprovalView;
}

export class TemplateSyncResponse {
  /** Templates of yours that the provider keeps, and what it says of each. */
  data: TemplateSyncView[];
}

export class ProviderTemplateView {
  /** Name or id at the provider. */
  name: string;
  language: string;
  /** Every value as text. */
  variables: Readonly<Record<string, string>>;
}

export class PreviewResponse {
  /** Template that was shown: another one of the same name when another language was asked for. */
  templateId: string;
  version: number;
  language: string;
  subject: string | null;
  text: string | null;
  html: string | null;
  /** What the provider would be given, where it keeps the template. */
  template: ProviderTemplateView | null;
  /** What a text message would take; null on other channel types. */
  sms: SmsView | null;
}
