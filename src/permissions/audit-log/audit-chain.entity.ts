import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The last line of a tenant's audit log: what comes next hangs on it, and lines that were cut off the end are missed. */
@Entity('audit_chain')
export class AuditChain {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @Column({ type: 'bigint' })
  seq: string;

  @Column({ type: 'bytea' })
  hash: Buffer;
}
