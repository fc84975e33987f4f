import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Provider accounts of a tenant, and the state that all workers share about each. */
export class CreateChannels1780000001000 implements MigrationInterface {
  name = 'CreateChannels1780000001000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE communication_channel (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      name text NOT NULL,
      channel_type text NOT NULL CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      provider_type text NOT NULL,
      from_address text NOT NULL,
      credentials jsonb NOT NULL DEFAULT '{}',
      credentials_version integer NOT NULL DEFAULT 1,
      is_default boolean NOT NULL DEFAULT false,
      rate_per_second numeric CHECK (rate_per_second > 0),
      settings jsonb NOT NULL DEFAULT '{}',
      status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'DISABLED', 'SUSPENDED')),
      status_reason text,
      account_key text,
      webhook_key text NOT NULL,
      verified_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);
    await q.query(
      `CREATE UNIQUE INDEX channel_name ON communication_channel (tenant_id, name) WHERE deleted_at IS NULL`,
    );
    await q.query(`CREATE UNIQUE INDEX channel_default ON communication_channel (tenant_id, channel_type)
      WHERE is_default AND deleted_at IS NULL`);
    await q.query(`CREATE INDEX channel_by_webhook_key ON communication_channel (webhook_key)`);
    await q.query(`CREATE INDEX channel_by_account_key ON communication_channel (provider_type, account_key)
      WHERE account_key IS NOT NULL`);

    // One narrow row a channel, written by every settle: apart from the channel so that its wide row stays still.
    await q.query(`CREATE TABLE channel_state (
      tenant_id uuid NOT NULL,
      channel_id uuid NOT NULL,
      tokens double precision NOT NULL DEFAULT 0,
      refilled_at timestamptz NOT NULL DEFAULT now(),
      breaker text NOT NULL DEFAULT 'CLOSED' CHECK (breaker IN ('CLOSED', 'OPEN', 'HALF_OPEN')),
      breaker_reason text,
      open_until timestamptz,
      open_seconds integer NOT NULL DEFAULT 0,
      consecutive_faults integer NOT NULL DEFAULT 0,
      window_started_at timestamptz NOT NULL DEFAULT now(),
      window_calls integer NOT NULL DEFAULT 0,
      window_faults integer NOT NULL DEFAULT 0,
      PRIMARY KEY (tenant_id, channel_id),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id)) WITH (fillfactor = 50)`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TABLE channel_state`);
    await q.query(`DROP TABLE communication_channel`);
  }
}
