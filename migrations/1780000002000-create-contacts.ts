import type { MigrationInterface, QueryRunner } from 'typeorm';

/** People, the addresses they hold, what they want, and what they must not get: four tables, never one flag. */
export class CreateContacts1780000002000 implements MigrationInterface {
  name = 'CreateContacts1780000002000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE contact (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      external_id text,
      name text,
      language text,
      timezone text,
      attributes jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);
    await q.query(`CREATE UNIQUE INDEX contact_external_id ON contact (tenant_id, external_id)
      WHERE external_id IS NOT NULL AND deleted_at IS NULL`);

    await q.query(`CREATE TABLE contact_identity (
      tenant_id uuid NOT NULL,
      channel_type text NOT NULL CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      address text NOT NULL,
      contact_id uuid NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, channel_type, address),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id))`);
    await q.query(`CREATE INDEX contact_identity_by_contact ON contact_identity (tenant_id, contact_id)`);

    await q.query(`CREATE TABLE contact_communication_preference (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      contact_id uuid NOT NULL,
      do_not_contact boolean NOT NULL DEFAULT false,
      reason text,
      preferred_channel text CHECK (preferred_channel IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      quiet_hours jsonb,
      channels jsonb NOT NULL DEFAULT '{}',
      topics jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      UNIQUE (tenant_id, contact_id),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id))`);

    // Keyed by address and purpose, not by contact: a second contact row must not open the door again.
    await q.query(`CREATE TABLE suppression (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      channel_type text NOT NULL CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      address text NOT NULL,
      purpose text NOT NULL CHECK (purpose IN ('ALL', 'MARKETING')),
      reason text NOT NULL CHECK (reason IN ('OPTED_OUT', 'COMPLAINED', 'HARD_BOUNCED', 'MANUAL')),
      source text NOT NULL,
      message_id uuid,
      expires_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      lifted_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);
    await q.query(`CREATE UNIQUE INDEX suppression_in_force ON suppression
      (tenant_id, channel_type, address, purpose, reason) WHERE lifted_at IS NULL`);

    await q.query(`CREATE TABLE consent_event (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      channel_type text NOT NULL,
      address text NOT NULL,
      action text NOT NULL CHECK (action IN ('OPTED_OUT', 'OPTED_IN', 'COMPLAINED', 'HARD_BOUNCED', 'SUPPRESSED', 'LIFTED')),
      purpose text NOT NULL,
      source text NOT NULL,
      actor text,
      message_id uuid,
      at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id))`);
    await q.query(`CREATE INDEX consent_event_by_address ON consent_event (tenant_id, channel_type, address, id)`);
  }

  async down(q: QueryRunner): Promise<void> {
    for (const table of [
      'consent_event',
      'suppression',
      'contact_communication_preference',
      'contact_identity',
      'contact',
    ])
      await q.query(`DROP TABLE ${table}`);
  }
}
