import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Proof of who said what about consent, and when. Append-only. */
@Entity('consent_event')
export class ConsentEvent {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  channelType: string;

  @Column({ type: 'text' })
  address: string;

  @Column({ type: 'text' })
  action: string;

  @Column({ type: 'text' })
  purpose: string;

  @Column({ type: 'text' })
  source: string;

  @Column({ type: 'text', nullable: true })
  actor: string | null;

  @Column({ type: 'uuid', nullable: true })
  messageId: string | null;

  @Column({ type: 'text', nullable: true })
  topic: string | null;

  @Column({ type: 'uuid', nullable: true })
  requestId: string | null;

  @Column({ type: 'text', nullable: true })
  ip: string | null;

  @Column({ type: 'text', nullable: true })
  userAgent: string | null;

  @Column({ type: 'jsonb', nullable: true })
  detail: Record<string, unknown> | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  at: Date;
}
