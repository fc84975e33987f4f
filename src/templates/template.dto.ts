import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  Matches,
  ValidateNested,
} from 'class-validator';
import { IsLanguageTag, IsPlainText, IsUuid } from '../platform/http/fields';
import { IfGiven } from '../platform/http/if-given';
import { PageQuery } from '../platform/http/page';
import { CHANNEL_TYPES, type ChannelType } from '../providers/provider';
import { VALUE_SCHEMAS, VARIABLE_TYPES, type VariableType } from './variables';

const LONGEST_TEXT = 65_536;
const CATEGORY = /^[A-Z][A-Z0-9_]{0,39}$/;
const CATEGORY_MESSAGE = { message: 'must be upper-case letters, digits and _, at most 40' };

export class TemplateVariableDto {
  /** Name in the template: letters, digits, _ and -, at most 60. */
  @Matches(/^[A-Za-z0-9_][A-Za-z0-9_-]{0,59}$/, { message: 'must be letters, digits, _ and -, at most 60' })
  name: string;

  /** Whether a message without it is refused. Left out: true, or false where there is a default. */
  @IsOptional()
  @IsBoolean()
  required?: boolean;

  /** Taken where a message leaves an optional one out. Nothing is written when there is none. */
  @ApiPropertyOptional({ anyOf: VALUE_SCHEMAS })
  @Allow()
  default?: unknown;

  /** STRING (left out), NUMBER, BOOLEAN, DATE (RFC 3339), LIST or OBJECT. */
  @IsOptional()
  @IsIn(VARIABLE_TYPES)
  type?: VariableType;
}

/** What can be said of a template when it is made as well as later. */
class TemplateFields {
  /** Language of the texts. Left out of a new one: the tenant's own. */
  @IfGiven()
  @IsLanguageTag()
  language?: string;

  /** Your own grouping, such as UTILITY. Left out of a new one: GENERAL. */
  @IfGiven()
  @Matches(CATEGORY, CATEGORY_MESSAGE)
  category?: string;

  /** Subject line of an e-mail, in Liquid. */
  @IsOptional()
  @IsPlainText(2000)
  subject?: string | null;

  /** Plain text, in Liquid, up to 64 kB. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT, { newlines: true })
  body?: string | null;

  /** HTML of an e-mail or of Telegram, in Liquid, up to 64 kB. Values are escaped by where they stand. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT, { newlines: true })
  html?: string | null;

  /** MJML of an e-mail, in Liquid, up to 64 kB, in the place of html: it is made into HTML at once. */
  @IsOptional()
  @IsPlainText(LONGEST_TEXT, { newlines: true })
  mjml?: string | null;

  /** Variables with what is known of them. One that is used and not declared must be given wherever it is written. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => TemplateVariableDto)
  variables?: TemplateVariableDto[];

  /** Name or id under which the provider keeps the template; then the provider writes the message, not we. */
  @IsOptional()
  @IsPlainText(200)
  providerTemplateName?: string | null;

  /** Layout around the HTML of an e-mail. */
  @IsOptional()
  @IsUuid()
  layoutId?: string | null;

  /** Whether a text message is written in letters that take the least room: Zażółć becomes Zazolc. */
  @IfGiven()
  @IsBoolean()
  smsTransliterate?: boolean;
}

export class CreateTemplateDto extends TemplateFields {
  /** Name that messages call it by; unique with channelType and language. */
  @IsPlainText(100)
  name: string;

  /** EMAIL, SMS, WHATSAPP or TELEGRAM; cannot be changed. */
  @IsIn(CHANNEL_TYPES)
  channelType: ChannelType;
}

/** Fields to change; those left out stay, null empties. A change of a text or of variables makes a new version. */
export class UpdateTemplateDto extends TemplateFields {
  /** New name. */
  @IfGiven()
  @IsPlainText(100)
  name?: string;
}

export class TemplateQuery extends PageQuery {
  /** Only templates of this channel type. */
  @IsOptional()
  @IsIn(CHANNEL_TYPES)
  channelType?: ChannelType;

  /** Only templates in exactly this language. */
  @IsOptional()
  @IsLanguageTag()
  language?: string;

  /** Part of the name. */
  @IsOptional()
  @IsPlainText(100)
  search?: string;
}

export class PreviewDto {
  /** Values for the template. */
  @IsOptional()
  @IsObject()
  variables?: Record<string, unknown>;

  /** Shows the template of the same name in this language, or the nearest there is. */
  @IfGiven()
  @IsLanguageTag()
  language?: string;

  /** Gives `contact.name`, `contact.language` and `contact.attributes`, and the language where that is left out. */
  @IfGiven()
  @IsUuid()
  contactId?: string;
}

export class SyncTemplatesDto {
  /** Channel whose provider is asked. */
  @IsUuid()
  channelId: string;
}
