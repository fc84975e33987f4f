import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A file that a person sent and that is still to be fetched from the provider. */
@Entity('inbound_media')
export class InboundMedia {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  messageId: string;

  @Column({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'text' })
  ref: string;

  @Column({ type: 'smallint', default: 0 })
  attempts: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  dueAt: Date;
}
