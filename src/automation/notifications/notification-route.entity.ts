import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How notifications of a topic reach people, where the tenant wants it otherwise than usual. */
@Entity('notification_route')
export class NotificationRoute {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'text' })
  topic: string;

  @Column({ type: 'text' })
  mode: string;

  @Column({ type: 'text' })
  purpose: string;

  @Column({ type: 'text', array: true })
  channels: string[];

  @Column({ type: 'jsonb', default: {} })
  templates: Record<string, string>;

  @Column({ type: 'integer', default: 60 })
  fallbackMinutes: number;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
