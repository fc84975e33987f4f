import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file that goes out with a message, or that came with one. */
@Entity('communication_attachment')
export class CommunicationAttachment {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'text' })
  filename: string;

  @Column({ type: 'text' })
  contentType: string;

  @Column({ type: 'bigint' })
  sizeBytes: string;

  @Column({ type: 'bytea' })
  sha256: Buffer;

  /** Only until it was brought to the storage. */
  @Column({ type: 'bytea', nullable: true })
  content: Buffer | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  /** The file that holds the content. */
  @Column({ type: 'uuid', nullable: true })
  fileId: string | null;

  /** When a message last named it, to half a day: from then on its time is counted. */
  @Column({ type: 'timestamptz', default: () => 'now()' })
  usedAt: Date;

  /** When its content went; the rest is kept. */
  @Column({ type: 'timestamptz', nullable: true })
  removedAt: Date | null;
}
