import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One version of a layout. Never changed: an edit makes the next one. */
@Entity('template_layout_version')
export class TemplateLayoutVersion {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  layoutId: string;

  @PrimaryColumn({ type: 'integer' })
  version: number;

  @Column({ type: 'text' })
  html: string;

  @Column({ type: 'text' })
  createdBy: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
