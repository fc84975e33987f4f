import { Column, Entity, PrimaryColumn } from 'typeorm';

/** An answer that is kept ready, found by its shortcut. */
@Entity('canned_reply')
export class CannedReply {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  id: string;

  @Column({ type: 'text' })
  shortcut: string;

  /** In the language of templates. */
  @Column({ type: 'text' })
  text: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
