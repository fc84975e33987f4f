import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHANNEL_TYPE = `text NOT NULL CHECK (channel_type IN ('EMAIL', 'SMS', 'WHATSAPP', 'TELEGRAM'))`;

/**
 * Conversations and their messages. The message row is also the job (docs/adr/0001): every update of it that changes `status`
 * writes all full indexes again, so there are only two of those; the rest are partial and stay as small as the work at hand.
 */
export class CreateMessages1780000004000 implements MigrationInterface {
  name = 'CreateMessages1780000004000';

  async up(q: QueryRunner): Promise<void> {
    await this.sessions(q);
    await this.messages(q);
    await this.history(q);
    await this.schedulesAndAttachments(q);
  }

  private async sessions(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE communication_session (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      channel_id uuid NOT NULL,
      channel_type ${CHANNEL_TYPE},
      contact_id uuid NOT NULL,
      counterpart text NOT NULL,
      direction text NOT NULL CHECK (direction IN ('INBOUND', 'OUTBOUND', 'INTERNAL')),
      status text NOT NULL CHECK (status IN ('INITIATED', 'ACTIVE', 'PENDING', 'COMPLETED', 'FAILED')),
      subject text,
      assigned_to uuid,
      labels text[] NOT NULL DEFAULT '{}',
      last_inbound_at timestamptz,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      closed_at timestamptz,
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id))`);
    await q.query(`CREATE UNIQUE INDEX session_open ON communication_session (tenant_id, channel_id, counterpart)
      WHERE status IN ('INITIATED', 'ACTIVE', 'PENDING')`);
    await q.query(`CREATE INDEX session_by_counterpart ON communication_session (tenant_id, counterpart)`);
    await q.query(`CREATE INDEX session_by_contact ON communication_session (tenant_id, contact_id)`);
  }

  private async messages(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE communication_message (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      seq bigint GENERATED ALWAYS AS IDENTITY,
      session_id uuid NOT NULL,
      contact_id uuid NOT NULL,
      channel_id uuid NOT NULL,
      channel_type ${CHANNEL_TYPE},
      provider_type text NOT NULL,
      direction text NOT NULL CHECK (direction IN ('OUTBOUND', 'INBOUND')),
      lane text NOT NULL CHECK (lane IN ('otp', 'transactional', 'bulk')),
      purpose text NOT NULL CHECK (purpose IN ('TRANSACTIONAL', 'MARKETING')),
      topic text,
      from_address text NOT NULL,
      to_address text NOT NULL,
      message_type text NOT NULL
        CHECK (message_type IN ('TEXT', 'HTML', 'IMAGE', 'VIDEO', 'AUDIO', 'FILE', 'LOCATION', 'TEMPLATE')),
      content jsonb NOT NULL,
      template_id uuid,
      template_version integer,
      campaign_id uuid,
      in_reply_to text,
      delivery text NOT NULL CHECK (delivery IN ('at_least_once', 'at_most_once')),
      ordering_key uuid,
      status text NOT NULL CHECK (status IN ('SCHEDULED', 'QUEUED', 'SENDING', 'UNKNOWN', 'SENT', 'DELIVERED', 'READ',
        'FAILED', 'SUPPRESSED', 'CANCELLED', 'EXPIRED', 'RECEIVED')),
      status_at timestamptz NOT NULL DEFAULT now(),
      reason_code text,
      reason_detail text,
      due_at timestamptz NOT NULL DEFAULT now(),
      expires_at timestamptz,
      lease_token bigint NOT NULL DEFAULT 0,
      lease_owner uuid,
      lease_until timestamptz,
      resolve_at timestamptz,
      attempts smallint NOT NULL DEFAULT 0,
      failures smallint NOT NULL DEFAULT 0,
      lost_leases smallint NOT NULL DEFAULT 0,
      dead_at timestamptz,
      provider_message_id text,
      cost_amount numeric,
      cost_currency text,
      cost_estimated boolean,
      parts smallint,
      client_reference text,
      metadata jsonb NOT NULL DEFAULT '{}',
      created_at timestamptz NOT NULL DEFAULT now(),
      scheduled_at timestamptz,
      sent_at timestamptz,
      delivered_at timestamptz,
      read_at timestamptz,
      failed_at timestamptz,
      opened_at timestamptz,
      clicked_at timestamptz,
      complained_at timestamptz,
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, session_id) REFERENCES communication_session (tenant_id, id),
      FOREIGN KEY (tenant_id, contact_id) REFERENCES contact (tenant_id, id),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id))
      WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.1)`);
    await q.query(`CREATE INDEX message_by_session ON communication_message (tenant_id, session_id, id)`);
    await q.query(`CREATE INDEX message_queue ON communication_message (lane, tenant_id, channel_id, due_at, seq)
      WHERE status IN ('QUEUED', 'SCHEDULED')`);
    await q.query(`CREATE INDEX message_in_order ON communication_message (tenant_id, ordering_key, seq)
      WHERE ordering_key IS NOT NULL AND status IN ('QUEUED', 'SENDING', 'UNKNOWN')`);
    await q.query(`CREATE INDEX message_leased ON communication_message (lease_until) WHERE status = 'SENDING'`);
    await q.query(`CREATE INDEX message_in_doubt ON communication_message (resolve_at)
      WHERE status = 'UNKNOWN' AND resolve_at IS NOT NULL`);
    await q.query(`CREATE INDEX message_expiring ON communication_message (expires_at)
      WHERE status IN ('QUEUED', 'SCHEDULED') AND expires_at IS NOT NULL`);
    await q.query(`CREATE INDEX message_dead ON communication_message (tenant_id, id) WHERE dead_at IS NOT NULL`);
    await q.query(`CREATE INDEX message_by_provider_id ON communication_message (tenant_id, channel_id, provider_message_id)
      WHERE provider_message_id IS NOT NULL`);
  }

  private async history(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE message_attempt (
      tenant_id uuid NOT NULL,
      message_id uuid NOT NULL,
      attempt_no smallint NOT NULL,
      fence bigint NOT NULL,
      worker_id uuid NOT NULL,
      dispatched_at timestamptz NOT NULL DEFAULT now(),
      settled_at timestamptz,
      outcome text CHECK (outcome IN ('ACCEPTED', 'REJECTED_PERMANENT', 'REJECTED_RETRY', 'THROTTLED', 'NOT_SENT', 'IN_DOUBT')),
      fault_class text,
      fault_code text,
      fault_message text,
      provider_message_id text,
      retry_at timestamptz,
      PRIMARY KEY (tenant_id, message_id, attempt_no),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id)) WITH (fillfactor = 50)`);

    // The primary key is the dedupe of provider events: the second copy of an event finds its place taken.
    await q.query(`CREATE TABLE message_event (
      tenant_id uuid NOT NULL,
      channel_id uuid NOT NULL,
      event_key text NOT NULL,
      message_id uuid,
      provider_message_id text,
      type text NOT NULL,
      at timestamptz NOT NULL,
      received_at timestamptz NOT NULL DEFAULT now(),
      detail jsonb NOT NULL DEFAULT '{}',
      PRIMARY KEY (tenant_id, channel_id, event_key),
      FOREIGN KEY (tenant_id, channel_id) REFERENCES communication_channel (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);
    await q.query(
      `CREATE INDEX message_event_by_message ON message_event (tenant_id, message_id) WHERE message_id IS NOT NULL`,
    );
    await q.query(`CREATE INDEX message_event_parked ON message_event (tenant_id, channel_id, provider_message_id)
      WHERE message_id IS NULL`);

    await q.query(`CREATE TABLE worker (
      id uuid PRIMARY KEY,
      host text NOT NULL,
      pid integer NOT NULL,
      started_at timestamptz NOT NULL DEFAULT now(),
      heartbeat_at timestamptz NOT NULL DEFAULT now())`);

    // Higher wins; the same table as src/messages/message-status.ts, and a test holds the two together.
    await q.query(`CREATE FUNCTION message_status_rank(status text) RETURNS smallint LANGUAGE sql IMMUTABLE PARALLEL SAFE
      AS $$ SELECT (CASE status WHEN 'SCHEDULED' THEN 0 WHEN 'QUEUED' THEN 0 WHEN 'SENDING' THEN 1 WHEN 'UNKNOWN' THEN 2
        WHEN 'CANCELLED' THEN 3 WHEN 'SUPPRESSED' THEN 3 WHEN 'EXPIRED' THEN 3 WHEN 'SENT' THEN 4
        WHEN 'DELIVERED' THEN 5 WHEN 'FAILED' THEN 5 WHEN 'READ' THEN 6 WHEN 'RECEIVED' THEN 7 END)::smallint $$`);
  }

  private async schedulesAndAttachments(q: QueryRunner): Promise<void> {
    await q.query(`CREATE TABLE scheduled_message (
      tenant_id uuid NOT NULL,
      id uuid NOT NULL,
      message_id uuid,
      status text NOT NULL DEFAULT 'ACTIVE' CHECK (status IN ('ACTIVE', 'PAUSED', 'COMPLETED', 'CANCELLED', 'MISSED')),
      scheduled_at timestamptz NOT NULL,
      timezone text NOT NULL DEFAULT 'UTC',
      recurrence text,
      request jsonb NOT NULL,
      next_at timestamptz,
      last_at timestamptz,
      occurrences integer NOT NULL DEFAULT 0,
      created_at timestamptz NOT NULL DEFAULT now(),
      updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);
    await q.query(`CREATE INDEX scheduled_message_by_message ON scheduled_message (tenant_id, message_id)`);

    await q.query(`CREATE TABLE communication_attachment (
      tenant_id uuid NOT NULL REFERENCES tenant (id),
      id uuid NOT NULL,
      message_id uuid,
      filename text NOT NULL,
      content_type text NOT NULL,
      size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
      sha256 bytea NOT NULL,
      content bytea NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (tenant_id, id),
      FOREIGN KEY (tenant_id, message_id) REFERENCES communication_message (tenant_id, id))`);
    await q.query(`CREATE INDEX attachment_by_message ON communication_attachment (tenant_id, message_id)
      WHERE message_id IS NOT NULL`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`DROP TABLE communication_attachment, scheduled_message, worker, message_event, message_attempt`);
    await q.query(`DROP FUNCTION message_status_rank(text)`);
    await q.query(`DROP TABLE communication_message, communication_session`);
  }
}
