import { Column, Entity, PrimaryColumn } from 'typeorm';

/** One version of a template. Never changed: an edit makes the next one. */
@Entity('message_template_version')
export class MessageTemplateVersion {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  templateId: string;

  @PrimaryColumn({ type: 'integer' })
  version: number;

  @Column({ type: 'text', nullable: true })
  subject: string | null;

  @Column({ type: 'text', nullable: true })
  body: string | null;

  @Column({ type: 'text', nullable: true })
  html: string | null;

  @Column({ type: 'text', nullable: true })
  mjml: string | null;

  @Column({ type: 'jsonb', default: [] })
  variables: Record<string, unknown>;

  @Column({ type: 'uuid', nullable: true })
  layoutId: string | null;

  @Column({ type: 'integer', nullable: true })
  layoutVersion: number | null;

  @Column({ type: 'boolean', default: false })
  smsTransliterate: boolean;

  @Column({ type: 'text' })
  createdBy: string;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
