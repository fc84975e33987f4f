import { IsOptional, IsString, MaxLength } from 'class-validator';
import { IsIanaZone, IsLanguageTag, IsMetadata, IsPlainText } from '../platform/http/fields';
import { IfGiven } from '../platform/http/if-given';
import { PageQuery } from '../platform/http/page';
import { QueryBool } from '../platform/http/query-fields';
import { IsAttributeFilter } from './attribute-filter';
import { IsContactRef } from './contact-ref';
import { AreExternalReferences, ExternalReferenceDto, IsReferenceFilter } from './external-references';

export const LONGEST_ADDRESS = 320;

/** The contact in a path. */
export class ContactParam {
  /** The contact's id, or `ext:` and your own id for it. */
  @IsContactRef()
  id: string;
}

export class UpsertQuery {
  /** true: where a contact with this externalId exists, it is changed as PATCH would, and the answer is 200. */
  @IsOptional()
  @QueryBool()
  upsert?: boolean;
}

export class CreateContactDto {
  /** Your own id for the person, unique in the tenant, at most 200 characters. */
  @IsOptional()
  @IsPlainText(200)
  externalId?: string | null;

  /** Name to show. */
  @IsOptional()
  @IsPlainText(200)
  name?: string | null;

  /**
   * E-mail address; stored in lower case, an international domain in punycode. In a change it takes the place of the one that is
   * shown, further ones stay; null takes all of them away. The same holds for the other addresses.
   */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  email?: string | null;

  /** Phone number with + and country code; stored in E.164. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  phone?: string | null;

  /** Telegram chat id as text, because it may exceed what a JSON number holds exactly; or a @username. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  telegramChatId?: string | null;

  /** WhatsApp number in E.164, or the business-scoped id of a person who hides it. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  whatsappId?: string | null;

  /** Language the person reads, such as de or de-AT. */
  @IsOptional()
  @IsLanguageTag()
  language?: string | null;

  /** Time zone the person lives in, such as Europe/Berlin. */
  @IsOptional()
  @IsIanaZone()
  timezone?: string | null;

  /** Your own facts about the person: at most 50 keys with text, numbers, booleans or null. Replaced as a whole. */
  @IsOptional()
  @IsMetadata()
  attributes?: Record<string, unknown> | null;

  /** What the person is called in other systems, such as a CRM: at most 10. Replaced as a whole; `[]` takes all of them away. */
  @IfGiven()
  @AreExternalReferences()
  externalReferences?: ExternalReferenceDto[];
}

/** Fields to change; those left out stay, null empties. */
export class UpdateContactDto extends CreateContactDto {}

export class ContactQuery extends PageQuery {
  /** Part of the name, of externalId or of an address. */
  @IsOptional()
  @IsPlainText(100)
  search?: string;

  /** Only the contact with this externalId. */
  @IsOptional()
  @IsPlainText(200)
  externalId?: string;

  /** Only the contact with this e-mail address, however it is spelled. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  email?: string;

  /** Only the contact with this phone number, however it is spelled. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_ADDRESS)
  phone?: string;

  /** Only contacts that read this language; de finds de-AT as well. */
  @IsOptional()
  @IsLanguageTag()
  language?: string;

  /** Only contacts with this attribute, as `tier:gold`; numbers, true and false as they are written in JSON. */
  @IsOptional()
  @IsAttributeFilter()
  attribute?: string;

  /** Only contacts with this reference to another system, as `crm:4711`. */
  @IsOptional()
  @IsReferenceFilter()
  reference?: string;
}
