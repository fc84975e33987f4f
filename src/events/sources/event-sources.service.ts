import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../../config';
import { audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import { GuardedLookup } from '../../platform/egress/guarded-lookup';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import type {
  CreateEventSourceDto,
  EventSourceList,
  EventSourceResponse,
  UpdateEventSourceDto,
} from './event-source.dto';
import { EventSource } from './event-source.entity';
import { lockSources, nameIsTaken } from './event-source.queries';
import { SourceSecrets } from './source-secrets';
import { sourceFaults, type SourceCredentials, type SourceKind, type SourceSettings } from './source-settings';

/** Each is a connection that is always open. */
const MOST_SOURCES = 20;
/** 160 random bits: whoever knows the address was told it. */
const KEY_BYTES = 20;

/** Queues and topics from which a tenant takes its events. */
@Injectable()
export class EventSourcesService {
  constructor(
    private readonly db: TenantDb,
    private readonly secrets: SourceSecrets,
    private readonly guard: GuardedLookup,
    private readonly config: Config,
  ) {}

  /** Throws Problem 409 for a name that is taken and for too many, 422 for settings that do not go with the kind. */
  create(
    caller: Caller,
    { name, kind, settings, credentials = {} }: CreateEventSourceDto,
  ): Promise<EventSourceResponse> {
    this.check(kind, settings, credentials);
    const { tenantId } = caller;
    const place = { tenantId, id: uuidv7(), credentialsVersion: 1 };
    return this.db.run(tenantId, async (tx) => {
      await lockSources(tx);
      if ((await tx.manager.countBy(EventSource, { tenantId })) >= MOST_SOURCES)
        throw Problem.conflict('conflict', `There are ${MOST_SOURCES} event sources already; remove one first.`);
      if (await nameIsTaken(tx, name, place.id)) throw duplicateName();
      await tx.manager.insert(EventSource, {
        ...place,
        name,
        kind,
        settings: plain(settings),
        credentials: this.secrets.seal(place, credentials),
        sourceKey: randomBytes(KEY_BYTES).toString('base64url'),
      });
      await audit(tx, caller, 'event_source.created', 'event_source', place.id, { name, kind });
      return this.view(await found(tx, place.id));
    });
  }

  /** By name. */
  list({ tenantId }: Caller): Promise<EventSourceList> {
    return this.db.run(tenantId, async (tx) => {
      const sources = await tx.manager.find(EventSource, { where: { tenantId }, order: { name: 'ASC' } });
      return { data: sources.map((source) => this.view(source)), page: { next: null } };
    });
  }

  /** Throws Problem 404. */
  get({ tenantId }: Caller, id: string): Promise<EventSourceResponse> {
    return this.db.run(tenantId, async (tx) => this.view(await found(tx, id)));
  }

  /** Changes the fields that are named; whoever consumes it begins anew. Throws Problem 404, 409, 422. */
  update(caller: Caller, id: string, input: UpdateEventSourceDto): Promise<EventSourceResponse> {
    const { tenantId } = caller;
    return this.db.run(tenantId, async (tx) => {
      await lockSources(tx);
      const source = await found(tx, id);
      const { name = source.name, status = source.status } = input;
      const settings = input.settings ? plain(input.settings) : source.settings;
      const opened = input.credentials ?? this.secrets.openIfReadable(source);
      if (!opened) throw Problem.invalidField('/credentials', 'are needed anew: those that are kept cannot be read');
      this.check(source.kind, settings, opened);
      if (await nameIsTaken(tx, name, id)) throw duplicateName();

      const place = { tenantId, id, credentialsVersion: source.credentialsVersion + 1 };
      const resealed = input.credentials && { ...place, credentials: this.secrets.seal(place, input.credentials) };
      const changes = { name, status, settings, ...resealed, revision: source.revision + 1 };
      await tx.manager.update(EventSource, { tenantId, id }, { ...changes, ...NO_ERROR, updatedAt: new Date() });
      await audit(tx, caller, 'event_source.updated', 'event_source', id, { fields: Object.keys(input) });
      return this.view(await found(tx, id));
    });
  }

  /** What was taken stays. Throws Problem 404. */
  remove(caller: Caller, id: string): Promise<void> {
    return this.db.run(caller.tenantId, async (tx) => {
      await found(tx, id);
      await tx.manager.delete(EventSource, { tenantId: caller.tenantId, id });
      await audit(tx, caller, 'event_source.deleted', 'event_source', id, {});
    });
  }

  private check(kind: SourceKind, settings: SourceSettings, credentials: SourceCredentials): void {
    const faults = sourceFaults(kind, settings, credentials, (host) => this.guard.allows(host));
    if (faults.length) throw Problem.invalidFields(faults);
  }

  private view(source: EventSource): EventSourceResponse {
    const { id, name, kind, status, settings, credentials, lastMessageAt, lastError, lastErrorAt } = source;
    return {
      id,
      name,
      kind,
      status,
      settings,
      credentials: Object.keys(credentials).sort(),
      subscribeUrl: kind === 'sns' ? this.addressOf(source) : null,
      lastMessageAt: lastMessageAt?.toISOString() ?? null,
      lastError,
      lastErrorAt: lastErrorAt?.toISOString() ?? null,
      createdAt: source.createdAt.toISOString(),
      updatedAt: source.updatedAt.toISOString(),
    };
  }

  private addressOf({ sourceKey }: EventSource): string {
    const base = this.config.PUBLIC_URL ?? `http://${this.config.HOST}:${this.config.PORT}`;
    return `${base.replace(/\/+$/, '')}/api/v1/communication/event-sources/${sourceKey}`;
  }
}

const NO_ERROR = { lastError: null, lastErrorAt: null };

async function found(tx: Tx, id: string): Promise<EventSource> {
  const source = await tx.manager.findOneBy(EventSource, { tenantId: tx.tenantId, id });
  if (!source) throw Problem.notFound('event source');
  return source;
}

function plain(settings: SourceSettings): SourceSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value != null));
}

function duplicateName(): Problem {
  return Problem.conflict('duplicate_name', 'Another event source has this name.');
}
