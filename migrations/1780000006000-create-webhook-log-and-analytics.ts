import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Provider call-backs as they came, daily figures, and what the sandbox provider "sent". */
export class CreateWebhookLogAndAnalytics1780000006000 implements MigrationInterface {
  name = 'CreateWebhookLogAndAnalytics1780000006000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE communication_webhook_log (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      channel_id uuid NOT NULL,
      provider_type text NOT NULL,
      method text NOT NULL,
      url text NOT NULL,
      headers jsonb NOT NULL,
      raw_body bytea NOT NULL,
      status text NOT NULL DEFAULT 'PENDING' CHECK (status IN ('PENDING', 'PROCESSED', 'IGNORED', 'FAILED')),
      attempts smallint NOT NULL DEFAULT 0,
      due_at timestamptz NOT NULL DEFAULT now(),
      event_count integer,
      error text,
      received_at timestamptz NOT NULL DEFAULT now(),
      processed_at timestamptz,
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id))`);
    await q.query(`CREATE INDEX webhook_log_pending ON communication_webhook_log (due_at) WHERE status = 'PENDING'`);

    await q.query(`CREATE TABLE communication_analytics (
      tenant_id uuid NOT NULL,
      day date NOT NULL,
      channel_id uuid NOT NULL,
      sent bigint NOT NULL DEFAULT 0,
      delivered bigint NOT NULL DEFAULT 0,
      read bigint NOT NULL DEFAULT 0,
      failed bigint NOT NULL DEFAULT 0,
      opened bigint NOT NULL DEFAULT 0,
      clicked bigint NOT NULL DEFAULT 0,
      replied bigint NOT NULL DEFAULT 0,
      unsubscribed bigint NOT NULL DEFAULT 0,
      complained bigint NOT NULL DEFAULT 0,
      cost_amount numeric NOT NULL DEFAULT 0,
      cost_currency text NOT NULL DEFAULT 'USD',
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, day, channel_id, cost_currency),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id))`);

    await q.query(`CREATE TABLE sandbox_message (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      channel_id uuid NOT NULL,
      message_id uuid NOT NULL,
      ref text NOT NULL,
      provider_message_id text NOT NULL,
      to_address text NOT NULL,
      from_address text NOT NULL,
      message_type text NOT NULL,
      content jsonb NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id))`);
    await q.query(`CREATE INDEX sandbox_message_by_message ON sandbox_message (tenant_id, message_id)`);

    await q.query(`CREATE TABLE sandbox_event (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      channel_id uuid NOT NULL,
      body jsonb NOT NULL,
      due_at timestamptz NOT NULL,
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id))`);
    await q.query(`CREATE INDEX sandbox_event_due ON sandbox_event (due_at)`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TABLE sandbox_event, sandbox_message, communication_analytics, communication_webhook_log`);
  }
}
