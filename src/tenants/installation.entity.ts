import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One row: which tenant the first start made. */
@Entity('installation')
export class Installation {
  @PrimaryColumn({ type: 'boolean', default: true })
  singleton: boolean;

  @Column({ type: 'uuid' })
  firstTenantId: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
