import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A call-back that the sandbox provider is going to make. */
@Entity('sandbox_event')
export class SandboxEvent {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  channelId: string;

  @Column({ type: 'jsonb' })
  body: Record<string, unknown>;

  @Column({ type: 'timestamptz' })
  dueAt: Date;
}
