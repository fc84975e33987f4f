import { IsIn, IsInt, IsOptional, IsString, IsUrl, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { IsAddressList, IsOptionalText, Key, Whole } from './config-key';

export const ROLES = ['all', 'api', 'worker'] as const;
export type Role = (typeof ROLES)[number];

/** Where a process listens, what it does, and where its data and its keys are. */
export class ProcessConfig {
  @IsInt()
  @Min(0)
  @Max(65535)
  @Whole()
  @Key('PORT', 'TCP port of the HTTP server; 0 takes a free one.', 3000)
  PORT: number;

  @IsString()
  @Key('HOST', 'Address to listen on; 0.0.0.0 for every interface.', '127.0.0.1')
  HOST: string;

  @IsIn(ROLES)
  @Key('ROLE', 'What this process does: all, api (HTTP only) or worker (sending only).', 'all')
  ROLE: Role;

  @IsOptional()
  @Matches(/^postgres(ql)?:\/\//, { message: 'must start with postgres:// or postgresql://' })
  @Key(
    'DATABASE_URL',
    'PostgreSQL 15 or newer, as a login that may migrate. Unset: an embedded PostgreSQL in DATA_DIR.',
  )
  DATABASE_URL?: string;

  @IsString()
  @MinLength(1)
  @Key('DATA_DIR', 'Folder of the embedded PostgreSQL and of the keys made on first start.', './.data')
  DATA_DIR: string;

  @IsInt()
  @Min(2)
  @Max(200)
  @Whole()
  @Key('DATABASE_POOL_SIZE', 'Connections of the API side; the worker side takes as many again.', 10)
  DATABASE_POOL_SIZE: number;

  @IsOptional()
  @IsString()
  @MinLength(16)
  @MaxLength(200)
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be visible ASCII without spaces' })
  @Key(
    'BOOTSTRAP_API_KEY',
    'API key with every right for the first tenant. Unset: one is made on first start and printed once.',
  )
  BOOTSTRAP_API_KEY?: string;

  @IsOptionalText()
  @Key(
    'MASTER_KEY',
    'Key that seals provider credentials: 32 bytes in base64 or hex, or id:key,id:key (first is current).',
  )
  MASTER_KEY?: string;

  @IsOptionalText()
  @Key(
    'MASTER_KEY_FILE',
    'File with the same, instead of MASTER_KEY. Unset with the embedded database: made once in DATA_DIR.',
  )
  MASTER_KEY_FILE?: string;

  @IsOptional()
  @IsUrl(
    { require_tld: false, require_protocol: true, protocols: ['http', 'https'] },
    { message: 'must be an http(s) URL' },
  )
  @Key('PUBLIC_URL', 'Address under which providers reach this server; signatures over URLs use it.')
  PUBLIC_URL?: string;

  @IsOptional()
  @IsAddressList()
  @Key('TRUSTED_PROXIES', 'Proxies in front, IP addresses or ranges: their X-Forwarded-For tells who calls.')
  TRUSTED_PROXIES?: string;
}
