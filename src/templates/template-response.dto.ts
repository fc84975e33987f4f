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
  /** STRING, NUMBER, BOOLEAN, LIST or OBJECT. */
  type: VariableType;
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
  html: string | null;
  /** Always null: not available yet. */
  mjml: string | null;
  variables: TemplateVariableView[];
  /** Name or id under which the provider keeps it. */
  providerTemplateName: string | null;
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
  variables: TemplateVariableView[];
  /** `key:<id>`, and in front of it `user:<id>` where the key acts for one. */
  createdBy: string;
  createdAt: string;
}

export class TemplateVersionPage {
  data: TemplateVersionResponse[];
  page: PageInfo;
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
}
