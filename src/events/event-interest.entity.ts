import { Entity, PrimaryColumn } from 'typeorm';

/** Somebody of the tenant wants to know of events of this type; what nobody wants to know is not told. */
@Entity('event_interest')
export class EventInterest {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'text' })
  type: string;

  @PrimaryColumn({ type: 'text' })
  consumer: string;
}
