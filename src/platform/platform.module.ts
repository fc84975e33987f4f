import {
  Global,
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { DataSource } from 'typeorm';
import { Config } from '../config';
import { APP_DATA_SOURCE, WORKER_DATA_SOURCE } from './db/data-source';
import { TenantDb } from './db/tenant-db';
import { WorkerDb } from './db/worker-db';
import type { EgressRules } from './egress/egress-guard';
import { GuardedClient } from './egress/guarded-client';
import { GuardedLookup } from './egress/guarded-lookup';
import { createHttpClient } from './egress/http-client';
import { nameResolver } from './egress/name-resolver';
import { createSmtpClient, type SmtpClient } from './egress/smtp-client';
import { smtpRule } from './egress/smtp-rule';
import { Cursors } from './http/cursors';
import { PublicAddress } from './http/public-address';
import { RateLimiter } from './http/rate-limit';
import { RouteCheck } from './http/route-check';
import type { KeyRing } from './secrets/key-ring';
import { Vault } from './secrets/vault';
import { storageOf } from './storage/open-storage';
import { Storage } from './storage/storage';
import { HTTP_CLIENT, KEY_RING, SMTP_CLIENT } from './tokens';
import { Clock } from './time/clock';
import { Failpoint } from './work/failpoint';
import { Jobs } from './work/jobs';
import { WorkLoops } from './work/work-loops';

/** What is opened before the application is made. */
export interface Resources {
  config: Config;
  keyRing: KeyRing;
  appPool: DataSource;
  workerPool: DataSource;
}

const RATE_WINDOW_SECONDS = 60;

/** The floor: everything here knows nothing of messaging, and every feature may use it. */
@Global()
@Module({})
export class PlatformModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(SMTP_CLIENT) private readonly smtp: SmtpClient,
    private readonly storage: Storage,
  ) {}

  static with({ config, keyRing, appPool, workerPool }: Resources): DynamicModule {
    const limiter = new RateLimiter({ quota: config.RATE_LIMIT_PER_MINUTE, windowSeconds: RATE_WINDOW_SECONDS });
    const rule = smtpRule({ allowed: config.SMTP_ALLOWED_HOSTS, only: config.providerUrls['smtp'] });
    const providers = [
      { provide: Config, useValue: config },
      { provide: KEY_RING, useValue: keyRing },
      { provide: APP_DATA_SOURCE, useValue: appPool },
      { provide: WORKER_DATA_SOURCE, useValue: workerPool },
      { provide: HTTP_CLIENT, useFactory: () => createHttpClient() },
      { provide: GuardedClient, useFactory: () => new GuardedClient(egressRules(config)) },
      {
        provide: GuardedLookup,
        useFactory: () => new GuardedLookup(config.EVENT_SOURCE_ALLOWED_HOSTS, nameResolver()),
      },
      { provide: SMTP_CLIENT, useFactory: () => createSmtpClient({ rule }) },
      { provide: Storage, useFactory: () => storageOf(config) },
      { provide: Vault, useValue: new Vault(keyRing) },
      { provide: Failpoint, useValue: new Failpoint(config.FAILPOINT) },
      { provide: RateLimiter, useValue: limiter },
      TenantDb,
      WorkerDb,
      Cursors,
      PublicAddress,
      Jobs,
      WorkLoops,
      Clock,
    ];
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      providers: [...providers, RouteCheck],
      exports: providers,
    };
  }

  /** A storage that cannot be written ends the start, with what is to be corrected. */
  onModuleInit(): Promise<void> {
    return this.storage.check();
  }

  /** The server has closed by then, and the worker has stopped: nobody sends any more. */
  async onApplicationShutdown(): Promise<void> {
    await this.smtp.close();
    await this.storage.close();
  }
}

function egressRules({ EGRESS_ALLOW_HTTP, EGRESS_ALLOWED_PORTS, EGRESS_ALLOWED_NETWORKS }: Config): EgressRules {
  return {
    allowHttp: EGRESS_ALLOW_HTTP === 'true',
    ports: (EGRESS_ALLOWED_PORTS?.split(',') ?? []).map(Number),
    networks: EGRESS_ALLOWED_NETWORKS?.split(',') ?? [],
  };
}
