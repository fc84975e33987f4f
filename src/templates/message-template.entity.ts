import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A template of one channel type and language; its text stands in its versions. */
@Entity('message_template')
export class MessageTemplate {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  channelType: string;

  @Column({ type: 'text' })
  language: string;

  @Column({ type: 'text' })
  category: string;

  @Column({ type: 'integer', default: 1 })
  version: number;

  @Column({ type: 'text', nullable: true })
  providerTemplateName: string | null;

  @Column({ type: 'text', nullable: true })
  approvalStatus: string | null;

  @Column({ type: 'text', nullable: true })
  approvalReason: string | null;

  @Column({ type: 'timestamptz', nullable: true })
  approvalSyncedAt: Date | null;

  @Column({ type: 'bigint', default: 0 })
  usageCount: string;

  @Column({ type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  deletedAt: Date | null;
}
