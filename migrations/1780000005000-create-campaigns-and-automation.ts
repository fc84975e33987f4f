import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bulk sends with their recipients, and automation rules. */
export class CreateCampaignsAndAutomation1780000005000 implements MigrationInterface {
  name = 'CreateCampaignsAndAutomation1780000005000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE bulk_message_campaign (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      name text NOT NULL,
      channel_id uuid NOT NULL,
      template_id uuid,
      content jsonb,
      purpose text NOT NULL CHECK (purpose IN ('TRANSACTIONAL', 'MARKETING')),
      status text NOT NULL CHECK (status IN
        ('DRAFT', 'SCHEDULED', 'PREPARING', 'RUNNING', 'PAUSED', 'COMPLETED', 'PARTIALLY_FAILED', 'CANCELLED', 'FAILED')),
      segment jsonb,
      variants jsonb NOT NULL DEFAULT '[]',
      scheduled_at timestamptz,
      timezone text,
      recurrence text,
      rate_per_second numeric CHECK (rate_per_second > 0),
      metadata jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      started_at timestamptz,
      finished_at timestamptz,
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id),
      FOREIGN KEY (tenant_id, template_id) REFERENCES message_template (tenant_id, id))`);

    await q.query(`CREATE TABLE bulk_message_recipient (
      tenant_id uuid NOT NULL,
      campaign_id uuid NOT NULL,
      recipient_key text NOT NULL,
      contact_id uuid,
      message_id uuid,
      variables jsonb NOT NULL DEFAULT '{}',
      status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'EXCLUDED', 'QUEUED', 'SENT', 'DELIVERED', 'READ',
        'FAILED', 'SUPPRESSED', 'CANCELLED', 'UNKNOWN')),
      reason_code text,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, campaign_id, recipient_key),
      FOREIGN KEY (tenant_id, campaign_id) REFERENCES bulk_message_campaign (tenant_id, id),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);

    await q.query(`CREATE TABLE message_automation_rule (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      name text NOT NULL,
      enabled boolean NOT NULL DEFAULT true,
      trigger jsonb NOT NULL,
      conditions jsonb,
      steps jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);
    await q.query(`CREATE UNIQUE INDEX automation_rule_name ON message_automation_rule (tenant_id, name)
      WHERE deleted_at IS NULL`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TABLE message_automation_rule, bulk_message_recipient, bulk_message_campaign`);
  }
}
