import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A key of the storage at which nothing is to be left. */
@Entity('file_removal')
export class FileRemoval {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'text' })
  storageKey: string;

  @Column({ type: 'smallint', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz' })
  dueAt: Date;
}
