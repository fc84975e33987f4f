import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsPlainText } from '../../platform/http/fields';
import { IfGiven } from '../../platform/http/if-given';
import { PageInfo } from '../../platform/http/page-info.dto';
import { SASL_MECHANISMS, SOURCE_KINDS, type SourceKind } from './source-settings';

const ADDRESS = /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[\w./-]*)?$/;
const ADDRESS_WORDS = {
  message: 'must be an address such as https://sqs.eu-central-1.amazonaws.com/123456789012/orders',
};

export class SourceSettingsDto {
  /** sns: the topic; only its messages are believed. */
  @IfGiven()
  @Matches(/^arn:aws(-cn|-us-gov)?:sns:[a-z]{2}(-gov)?-[a-z]{4,12}-[1-9]:\d{12}:[\w-]{1,256}(\.fifo)?$/, {
    message: 'must be the ARN of an SNS topic',
  })
  topicArn?: string;

  /** sqs: the queue. */
  @IfGiven()
  @MaxLength(500)
  @Matches(ADDRESS, ADDRESS_WORDS)
  queueUrl?: string;

  /** sqs: such as eu-central-1. */
  @IfGiven()
  @Matches(/^[a-z]{2}(-gov)?-[a-z]{4,12}-[1-9]$/, { message: 'must be a region such as eu-central-1' })
  region?: string;

  /** sqs: a server that speaks as SQS does, in the place of the queue's own. */
  @IfGiven()
  @MaxLength(500)
  @Matches(ADDRESS, ADDRESS_WORDS)
  endpoint?: string;

  /** kafka: 1 to 10 of the brokers, host:port. */
  @IfGiven()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(10)
  @Matches(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?:\d{1,5}$/, { each: true, message: 'must be host:port' })
  brokers?: string[];

  /** kafka: the topic. */
  @IfGiven()
  @Matches(/^[\w.-]{1,249}$/, { message: 'must be letters, digits, ., _ and -, at most 249' })
  topic?: string;

  /** kafka: the consumer group under which Carillon reads. */
  @IfGiven()
  @Matches(/^[\w.-]{1,200}$/, { message: 'must be letters, digits, ., _ and -, at most 200' })
  groupId?: string;

  /** kafka: left out: true. false only for hosts that the operator allows. */
  @IfGiven()
  @IsBoolean()
  tls?: boolean;

  /** kafka: with username and password in credentials. */
  @IfGiven()
  @IsIn(SASL_MECHANISMS)
  saslMechanism?: (typeof SASL_MECHANISMS)[number];
}

export class CreateEventSourceDto {
  /** Name that people know it by; unique in the tenant. */
  @IsPlainText(100)
  name: string;

  /** sns: SNS calls Carillon. sqs, kafka: Carillon reads. */
  @IsIn(SOURCE_KINDS)
  kind: SourceKind;

  @ValidateNested()
  @Type(() => SourceSettingsDto)
  settings: SourceSettingsDto;

  /** sqs: accessKeyId, secretAccessKey, sessionToken. kafka: username, password. Never shown again. */
  @IfGiven()
  @IsObject()
  credentials?: Record<string, string>;
}

export class UpdateEventSourceDto {
  /** New name. */
  @IfGiven()
  @IsPlainText(100)
  name?: string;

  /** PAUSED: nothing is taken. What waits in a queue waits there; SNS is refused, and tries again for a time. */
  @IfGiven()
  @IsIn(['ACTIVE', 'PAUSED'])
  status?: 'ACTIVE' | 'PAUSED';

  /** All settings anew. */
  @IfGiven()
  @ValidateNested()
  @Type(() => SourceSettingsDto)
  settings?: SourceSettingsDto;

  /** All credentials anew. */
  @IfGiven()
  @IsObject()
  credentials?: Record<string, string>;
}

export class EventSourceResponse {
  id: string;
  name: string;
  kind: SourceKind;
  status: 'ACTIVE' | 'PAUSED';
  settings: SourceSettingsDto;
  /** Names of the credentials that are kept; never their values. */
  credentials: string[];
  /** sns: the address to which the topic is to be subscribed; null for the others. */
  subscribeUrl: string | null;
  /** When something came last, to within some seconds. */
  lastMessageAt: string | null;
  /** Why it did not work when it last did not; null after it worked again. */
  lastError: string | null;
  lastErrorAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export class EventSourceList {
  /** All of them, by name; there are at most 20. */
  data: EventSourceResponse[];
  page: PageInfo;
}
