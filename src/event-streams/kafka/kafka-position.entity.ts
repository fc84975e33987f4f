import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far a tenant's events were published to Kafka. There are rows only where Kafka is on. */
@Entity('kafka_position')
export class KafkaPosition {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  /** Everything up to here the broker has. */
  @Column({ type: 'bigint' })
  seq: string;

  /** Grows with each commit that handed out events: whoever published before it has to look again. */
  @Column({ type: 'bigint', default: 1 })
  wanted: string;

  /** When somebody shall look; null: there is nothing. */
  @Column({ type: 'timestamptz', nullable: true, default: () => 'now()' })
  dueAt: Date | null;

  @Column({ type: 'bigint', default: 0 })
  fence: string;
}
