import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a rule was made of at a time: runs keep to the version that they began with. */
@Entity('automation_rule_version')
export class AutomationRuleVersion {
  @PrimaryColumn({ type: 'uuid' })
  tenantId: string;

  @PrimaryColumn({ type: 'uuid' })
  ruleId: string;

  @PrimaryColumn({ type: 'integer' })
  version: number;

  @Column({ type: 'jsonb' })
  trigger: Record<string, unknown>;

  @Column({ type: 'jsonb', nullable: true })
  conditions: Record<string, unknown> | null;

  @Column({ type: 'jsonb' })
  steps: Record<string, unknown>;

  @Column({ type: 'jsonb', nullable: true })
  exitWhen: Record<string, unknown> | null;

  @Column({ type: 'text', array: true })
  channelTypes: string[];

  @Column({ type: 'text', array: true })
  hears: string[];

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}
