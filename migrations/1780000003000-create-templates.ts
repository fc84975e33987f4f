import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Templates and their versions: an edit makes a new version, a sent message keeps the one it used. */
export class CreateTemplates1780000003000 implements MigrationInterface {
  name = 'CreateTemplates1780000003000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE message_template (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      name text NOT NULL,
      channel_type text NOT NULL CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM')),
      language text NOT NULL,
      category text NOT NULL,
      version integer NOT NULL DEFAULT 1,
      provider_template_name text,
      usage_count bigint NOT NULL DEFAULT 0,
      last_used_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      deleted_at timestamptz,
      PRIMARY KEY (tenant_id, id))`);
    await q.query(`CREATE UNIQUE INDEX message_template_name ON message_template (tenant_id, name, channel_type, language)
      WHERE deleted_at IS NULL`);

    await q.query(`CREATE TABLE message_template_version (
      tenant_id uuid NOT NULL,
      template_id uuid NOT NULL,
      version integer NOT NULL,
      subject text,
      body text,
      html text,
      mjml text,
      variables jsonb NOT NULL DEFAULT '[]',
      created_by text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, template_id, version),
      FOREIGN KEY (tenant_id, template_id) REFERENCES message_template (tenant_id, id))`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TABLE message_template_version`);
    await q.query(`DROP TABLE message_template`);
  }
}
