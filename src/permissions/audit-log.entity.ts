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
}
