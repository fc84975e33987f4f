import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';
import { docs, IsFailpoint, IsHostList, IsOptionalText, Key, Whole } from './config-key';
import { WorkConfig } from './config-work';
import { networkFaults, readProviderUrls, storageFaults, togetherFaults } from './config-faults';

/** Everything that an operator can set. The only reader of process.env in src/. */
export class Config extends WorkConfig {
  @IsOptional()
  @IsHostList()
  @Key(
    'SMTP_ALLOWED_HOSTS',
    'Mail servers that tenants may use: host names, *.example.com or * (any, also inside your network). Unset: none.',
  )
  SMTP_ALLOWED_HOSTS?: string;

  @IsOptional()
  @IsHostList()
  @Key(
    'HTTP_ALLOWED_HOSTS',
    'Hosts that tenants may name where a provider calls an address of theirs, in the same form. Unset: none.',
  )
  HTTP_ALLOWED_HOSTS?: string;

  @IsOptional()
  @IsHostList()
  @Key(
    'EVENT_SOURCE_ALLOWED_HOSTS',
    'Hosts besides the public Internet that tenants may name as sources of events (SQS, Kafka), in the same form; also without TLS. Unset: none.',
  )
  EVENT_SOURCE_ALLOWED_HOSTS?: string;

  @IsOptional()
  @Matches(/^(https:\/\/[^\s/?#@]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?)(\/[^\s?#]*)?$/, {
    message: 'must be an https URL without query (http only for localhost)',
  })
  @Key(
    'OIDC_ISSUER',
    'OpenID Connect issuer whose access tokens are accepted beside API keys, exactly as its tokens name it in `iss`. Unset: none.',
  )
  OIDC_ISSUER?: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  @Key('OIDC_AUDIENCE', 'What the `aud` of its tokens has to name: this API, as the issuer calls it.')
  OIDC_AUDIENCE?: string;

  @IsString()
  @MinLength(1)
  @MaxLength(200)
  @Key('OIDC_TENANT_CLAIM', 'Claim of its tokens that holds the id of the tenant.', 'tenant_id')
  OIDC_TENANT_CLAIM: string;

  @IsOptional()
  @Matches(/^(file:\/\/\/|s3:\/\/[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]([/?]|$))/, {
    message: 'must be file:///folder, or s3://bucket/prefix?region=…&endpoint=…&pathStyle=true',
  })
  @Key(
    'STORAGE_URL',
    'Where files are kept: file:///folder, or s3://bucket/prefix?region=…&endpoint=…&pathStyle=true. Unset: DATA_DIR/files.',
  )
  STORAGE_URL?: string;

  @IsOptionalText()
  @Key('S3_ACCESS_KEY_ID', 'Key of the storage, with an s3:// STORAGE_URL.')
  S3_ACCESS_KEY_ID?: string;

  @IsOptionalText()
  @Key('S3_SECRET_ACCESS_KEY', 'Secret of that key.')
  S3_SECRET_ACCESS_KEY?: string;

  @IsInt()
  @Min(0)
  @Max(3650)
  @Whole()
  @Key(
    'ATTACHMENT_RETENTION_DAYS',
    'Days after which the content of a file goes, counted from the last message that named it; 0 keeps it for ever.',
    90,
  )
  ATTACHMENT_RETENTION_DAYS: number;

  @IsInt()
  @Min(1)
  @Max(3650)
  @Whole()
  @Key(
    'EVENT_RETENTION_DAYS',
    'Days for which events are kept once they were handled, or failed for good; for so long the same eventId is the same event.',
    30,
  )
  EVENT_RETENTION_DAYS: number;

  @IsIn(['true', 'false'])
  @Key('EGRESS_ALLOW_HTTP', 'true: addresses that tenants give may be http, on port 80, too.', 'false')
  EGRESS_ALLOW_HTTP: 'true' | 'false';

  @IsOptional()
  @Matches(/^\d{1,5}( *, *\d{1,5})*$/, { message: 'must be port numbers with commas between them' })
  @Key('EGRESS_ALLOWED_PORTS', 'Ports besides 443 and 8443 that addresses of tenants may have, with commas between.')
  EGRESS_ALLOWED_PORTS?: string;

  @IsOptional()
  @Matches(/^[0-9a-f.:]+\/\d{1,3}( *, *[0-9a-f.:]+\/\d{1,3})*$/i, {
    message: 'must be networks such as 10.1.0.0/16 or fd00::/8, with commas between them',
  })
  @Key(
    'EGRESS_ALLOWED_NETWORKS',
    'Networks inside yours that addresses of tenants may lead to: 10.1.0.0/16, fd00::/8. Unset: the public Internet only.',
  )
  EGRESS_ALLOWED_NETWORKS?: string;

  @IsOptional()
  @Matches(/^[^\s,:]+:\d{1,5}( *, *[^\s,:]+:\d{1,5})*$/, { message: 'must be host:port, with commas between them' })
  @Key(
    'KAFKA_BROKERS',
    'Kafka to which what happens at every tenant is published, as host:port,host:port. Unset: none.',
  )
  KAFKA_BROKERS?: string;

  @Matches(/^[\w.-]{1,100}$/, { message: 'must be letters, digits, dots, dashes and underscores' })
  @Key('KAFKA_CLIENT_ID', 'What we are called there.', 'carillon')
  KAFKA_CLIENT_ID: string;

  @Matches(/^[\w.-]{1,200}$/, { message: 'must be letters, digits, dots, dashes and underscores' })
  @Key(
    'KAFKA_EVENTS_TOPIC',
    'Beginning of the topics: .message, .session and .contact come behind it.',
    'carillon.events',
  )
  KAFKA_EVENTS_TOPIC: string;

  @IsIn(['true', 'false'])
  @Key('KAFKA_TLS', 'true: connections to the brokers are encrypted, and their certificates checked.', 'false')
  KAFKA_TLS: 'true' | 'false';

  @IsOptional()
  @IsIn(['plain', 'scram-sha-256', 'scram-sha-512'])
  @Key('KAFKA_SASL_MECHANISM', 'How we sign in: plain, scram-sha-256 or scram-sha-512. Unset: not at all.')
  KAFKA_SASL_MECHANISM?: 'plain' | 'scram-sha-256' | 'scram-sha-512';

  @IsOptionalText()
  @Key('KAFKA_SASL_USERNAME', 'Under which name.')
  KAFKA_SASL_USERNAME?: string;

  @IsOptionalText()
  @Key('KAFKA_SASL_PASSWORD', 'And with which password.')
  KAFKA_SASL_PASSWORD?: string;

  @IsOptional()
  @Matches(/^[0-9a-f]{12}$/, { message: 'must be the 12 characters that the log shows' })
  @Key(
    'CONFIRM_RESTORE',
    'Lets a database that was restored from a backup send: the code that the log shows for it, or run npm run confirm-restore.',
  )
  CONFIRM_RESTORE?: string;

  @IsOptionalText()
  @Key(
    'PRICE_TABLE_FILE',
    'CSV of what messages cost where the provider does not say: channelType,providerType or *,prefix or *,price of a part,currency[,valid from[,WhatsApp category]]; docs/cost.md.',
  )
  PRICE_TABLE_FILE?: string;

  @IsOptional()
  @IsUrl(
    { require_tld: false, require_protocol: true, protocols: ['http', 'https'], allow_query_components: false },
    { message: 'must be an http(s) URL without query' },
  )
  @Key(
    'SENTIMENT_URL',
    'Endpoint that tells the mood of messages as chat completions, up to /v1; the text of each message of tenants that choose it goes there. Unset: none.',
  )
  SENTIMENT_URL?: string;

  @IsOptionalText()
  @Key('SENTIMENT_MODEL', 'Model that is asked there; needed with SENTIMENT_URL.')
  SENTIMENT_MODEL?: string;

  @IsOptionalText()
  @Key('SENTIMENT_API_KEY', 'Key of that endpoint, where it needs one.')
  SENTIMENT_API_KEY?: string;

  @IsOptionalText()
  @Key('SENTIMENT_API_KEY_FILE', 'File with the same, instead of SENTIMENT_API_KEY.')
  SENTIMENT_API_KEY_FILE?: string;

  @IsOptional()
  @IsFailpoint()
  @Key(
    'FAILPOINT',
    'For fault tests only: kill the process when it reaches this point for the n-th time, after_intent:3.',
  )
  FAILPOINT?: string;

  /** PROVIDER_URL_<TYPE>, by provider type in lower case with dashes. */
  providerUrls: Readonly<Record<string, string>> = {};
}

/** Reads the environment. Throws one Error that names every faulty variable, and never its value. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const known = Object.fromEntries(docs.map(({ key }) => [key, env[key]]));
  const config = plainToInstance(Config, known);
  const faults = validateSync(config, { skipMissingProperties: false }).map(
    (e) => `${e.property}: ${Object.values(e.constraints ?? {}).join('; ')}`,
  );
  faults.push(...togetherFaults(config), ...storageFaults(config), ...networkFaults(config));
  const providerUrls = readProviderUrls(env, faults);
  if (faults.length) throw new Error(`The configuration is not usable:\n  ${faults.join('\n  ')}`);
  return Object.assign(config, { providerUrls });
}
