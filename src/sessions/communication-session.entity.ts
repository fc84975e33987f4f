import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A conversation: one counterpart on one channel, open at most once at a time. */
@Entity('communication_session')
export class CommunicationSession {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'text' })
  channelType: string;

  @Column({ type: 'uuid' })
  contactId: string;

  @Column({ type: 'text' })
  counterpart: string;

  @Column({ type: 'text' })
  direction: string;

  @Column({ type: 'text' })
  status: string;

  @Column({ type: 'text', nullable: true })
  subject: string | null;

  @Column({ type: 'uuid', nullable: true })
  assignedTo: string | null;

  @Column({ type: 'text', array: true, default: [] })
  labels: string[];

  @Column({ type: 'timestamptz', nullable: true })
  lastInboundAt: Date | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', nullable: true })
  closedAt: Date | null;
}
