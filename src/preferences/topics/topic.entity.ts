import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A kind of notification, and what holds for a contact that never said anything about it. */
@Entity('topic')
export class Topic {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'text' })
  name: string;

  @Column({ type: 'text' })
  title: string;

  @Column({ type: 'text', nullable: true })
  description: string | null;

  @Column({ type: 'boolean', default: false })
  isCritical: boolean;

  @Column({ type: 'jsonb', default: {} })
  defaults: Record<string, unknown>;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
