import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a user of a tenant may do, per channel type; no channel type means every one. */
@Entity('user_communication_permission')
export class UserCommunicationPermission {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'uuid' })
  userId: string;

  @Column({ type: 'text', nullable: true })
  channelType: string | null;

  @Column({ type: 'text', array: true })
  actions: string[];

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
