import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: which tenant the first start made, and in which database, so that a restored copy knows that it is one. */
@Entity('installation')
export class Installation {
  @PrimaryColumn({ type: 'boolean', default: true })
  singleton: boolean;

  @Column({ type: 'uuid' })
  firstTenantId: string;

  @Column({ type: 'text', nullable: true })
  identity: string | null;

  /** Grows with every start. */
  @Column({ type: 'bigint', default: 0 })
  epoch: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
