import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { SourceKind, SourceSettings } from './source-settings';

/** A queue or topic of the tenant's own from which events come. */
@Entity('event_source')
export class EventSource {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  kind: SourceKind;

  @Column({ type: 'text', default: 'ACTIVE' })
  status: 'ACTIVE' | 'PAUSED';

  @Column({ type: 'jsonb' })
  settings: SourceSettings;

  /** Sealed, each by itself. */
  @Column({ type: 'jsonb', default: {} })
  credentials: Record<string, string>;

  @Column({ type: 'integer', default: 1 })
  credentialsVersion: number;

  /** Part of the address that SNS calls. */
  @Column({ type: 'text' })
  sourceKey: string;

  /** Grows with every change, so that whoever consumes it begins anew. */
  @Column({ type: 'integer', default: 1 })
  revision: number;

  @Column({ type: 'timestamptz', nullable: true })
  lastMessageAt: Date | null;

  @Column({ type: 'text', nullable: true })
  lastError: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  lastErrorAt: Date | null;

  @Column({ type: 'uuid', nullable: true })
  leaseOwner: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  leaseUntil: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
