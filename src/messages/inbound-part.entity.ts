import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A part of a long text message, kept until the others are there. */
@Entity('inbound_part')
export class InboundPart {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  channelId: string;

  @PrimaryColumn({ type: 'text' })
  sender: string;

  @PrimaryColumn({ type: 'text' })
  reference: string;

  @PrimaryColumn({ type: 'smallint' })
  part: number;

  @Column({ type: 'jsonb' })
  event: Record<string, unknown>;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  receivedAt: Date;
}
