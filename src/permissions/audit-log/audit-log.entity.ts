import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Who did what. Append-only: the application has no right to change or delete a row. */
@Entity('audit_log')
export class AuditLog {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  at: Date;

  @Column({ type: 'text' })
  actor: string;

  @Column({ type: 'text' })
  action: string;

  @Column({ type: 'text' })
  resource: string;

  @Column({ type: 'text', nullable: true })
  resourceId: string | null;

  @Column({ type: 'jsonb', default: {} })
  detail: Record<string, unknown>;

  /** Place in the tenant's log, from 1 on without a gap. */
  @Column({ type: 'bigint' })
  seq: string;

  /** Hash of the line before; empty for the first. */
  @Column({ type: 'bytea' })
  prevHash: Buffer;

  /** SHA-256 over the hash before and everything in this line (`audit_line_hash` in the database). */
  @Column({ type: 'bytea' })
  hash: Buffer;
}
