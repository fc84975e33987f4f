import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The bytes that any number of a tenant's attachments have in common. */
@Entity('communication_file')
export class CommunicationFile {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'bytea' })
  sha256: Buffer;

  @Column({ type: 'text' })
  storageKey: string;

  @Column({ type: 'bigint' })
  sizeBytes: string;

  /** Attachments that name it; a file that none names is removed. */
  @Column({ type: 'integer' })
  uses: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
