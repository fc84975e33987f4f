import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  validateSync,
} from 'class-validator';
import { docs, IsFailpoint, IsHostList, IsOptionalText, Key, Whole } from './config-key';
import { ProcessConfig } from './config-process';
import { networkFaults, readProviderUrls, storageFaults, togetherFaults } from './config-faults';

/** Everything that an operator can set. The only reader of process.env in src/. */
export class Config extends ProcessConfig {
  @IsIn(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
  @Key('LOG_LEVEL', 'trace, debug, info, warn, error, fatal or silent.', 'info')
  LOG_LEVEL: string;

  @IsInt()
  @Min(1)
  @Max(1_000_000_000)
  @Whole()
  @Key('RATE_LIMIT_PER_MINUTE', 'Requests a minute that one API key may make of one process.', 60_000)
  RATE_LIMIT_PER_MINUTE: number;

  @IsInt()
  @Min(1)
  @Max(1000)
  @Whole()
  @Key(
    'WORKER_CONCURRENCY',
    'Provider calls in flight in one worker; what they carry is what one crash can leave in doubt.',
    50,
  )
  WORKER_CONCURRENCY: number;

  @IsInt()
  @Min(1)
  @Max(500)
  @Whole()
  @Key(
    'WORKER_BATCH_SIZE',
    'Most bulk messages in one call, with providers that take many at once; all of them are in doubt together. 1: one a call.',
    500,
  )
  WORKER_BATCH_SIZE: number;

  @IsInt()
  @Min(10)
  @Max(5000)
  @Whole()
  @Key('WORKER_POLL_MS', 'How often an idle worker looks for work, in milliseconds.', 100)
  WORKER_POLL_MS: number;

  @IsInt()
  @Min(1)
  @Max(86_400)
  @Whole()
  @Key('EVENT_POLL_SECONDS', 'How often providers that repeat no lost webhook are asked for events, in seconds.', 300)
  EVENT_POLL_SECONDS: number;

  @IsInt()
  @Min(1)
  @Max(72)
  @Whole()
  @Key(
    'WEBHOOK_LOG_HOURS',
    'How long bodies and headers of webhooks are kept, for replaying them, in hours; they hold what people wrote.',
    72,
  )
  WEBHOOK_LOG_HOURS: number;

  @IsInt()
  @Min(1)
  @Max(600)
  @Whole()
  @Key('LEASE_SECONDS', 'How long a worker may hold a message that it took before it counts as lost.', 60)
  LEASE_SECONDS: number;

  @IsInt()
  @Min(1)
  @Max(600)
  @Whole()
  @Key('WORKER_DEAD_SECONDS', 'Silence after which a worker counts as dead and its messages are taken over.', 30)
  WORKER_DEAD_SECONDS: number;

  @IsInt()
  @Min(100)
  @Max(20_000)
  @Whole()
  @Key('PROVIDER_TIMEOUT_MS', 'Longest provider call, from connect to the last byte, in milliseconds.', 20_000)
  PROVIDER_TIMEOUT_MS: number;

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
