import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who may call: organisations, their API keys and permissions, and the memory of calls already answered. */
export class CreateTenantsAndAccess1780000000000 implements MigrationInterface {
  name = 'CreateTenantsAndAccess1780000000000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE tenant (
      id uuid PRIMARY KEY,
      name text NOT NULL,
      status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'SUSPENDED')),
      default_language text NOT NULL DEFAULT 'en',
      timezone text NOT NULL DEFAULT 'UTC',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now())`);

    // One row: which tenant the first start made. Read by the owner's login only, so it carries no policy.
    await q.query(`CREATE TABLE installation (
      singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
      first_tenant_id uuid NOT NULL REFERENCES tenant (id),
      created_at timestamptz NOT NULL DEFAULT now())`);

    await q.query(`CREATE TABLE api_key (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      name text NOT NULL,
      prefix text NOT NULL,
      key_hash bytea NOT NULL,
      scopes text[] NOT NULL,
      user_id uuid,
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, key_hash))`);
    await q.query(`CREATE INDEX api_key_by_hash ON api_key (key_hash)`);

    await q.query(`CREATE TABLE user_communication_permission (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      user_id uuid NOT NULL,
      channel_type text CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      actions text[] NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      UNIQUE NULLS NOT DISTINCT (tenant_id, user_id, channel_type))`);

    await q.query(`CREATE TABLE audit_log (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      at timestamptz NOT NULL DEFAULT now(),
      actor text NOT NULL,
      action text NOT NULL,
      resource text NOT NULL,
      resource_id text,
      detail jsonb NOT NULL DEFAULT '{}',
      PRIMARY KEY (tenant_id, id))`);

    await q.query(`CREATE TABLE idempotency_key (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      method text NOT NULL,
      route text NOT NULL,
      key text NOT NULL,
      fingerprint bytea NOT NULL,
      status smallint NOT NULL,
      body text NOT NULL,
      location text,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, method, route, key))`);
    await q.query(`CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at)`);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of [
      'idempotency_key',
      'audit_log',
      'user_communication_permission',
      'api_key',
      'installation',
      'tenant',
    ])
      await q.query(`DROP TABLE ${table}`);
  }
}
