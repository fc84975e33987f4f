import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ExternalReference } from './external-references';

/** A person. Addresses are identities beside it: a person is not a phone number. */
@Entity('contact')
export class Contact {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text', nullable: true })
  externalId: string | null;

  @Column({ type: 'text', nullable: true })
  name: string | null;

  @Column({ type: 'text', nullable: true })
  language: string | null;

  @Column({ type: 'text', nullable: true })
  timezone: string | null;

  @Column({ type: 'jsonb', default: {} })
  attributes: Record<string, unknown>;

  /** What the person is called in other systems of the tenant. */
  @Column({ type: 'jsonb', default: [] })
  externalReferences: ExternalReference[];

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt: Date | null;

  /** The contact that this one became part of. */
  @Column({ type: 'uuid', nullable: true })
  mergedInto: string | null;

  /** When everything personal was taken out of it. */
  @Column({ type: 'timestamptz', nullable: true })
  erasedAt: Date | null;
}
