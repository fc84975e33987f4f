import { randomBytes } from 'node:crypto';
import type { TestApp, TestTenant } from '../support/app';

export type Row = Record<string, unknown>;

/** A copy of a message at another time, with columns set as wanted. */
export async function plantMessage(app: TestApp, of: TestTenant, at: string, set: Row = {}): Promise<void> {
  const hex = Date.parse(at).toString(16).padStart(12, '0');
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${randomBytes(6).toString('hex')}`;
  const columns = { id, created_at: at, status: 'SENT', sent_at: at, ...set };
  await app.sql(
    `INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type,
       direction, lane, purpose, from_address, to_address, message_type, content, delivery, status, created_at, sent_at,
       delivered_at, opened_at, clicked_at, complained_at, cost_amount, cost_currency)
     SELECT tenant_id, r.id, session_id, contact_id, channel_id, channel_type, provider_type, coalesce(r.direction, 'OUTBOUND'),
       lane, purpose, from_address, to_address, message_type, content, delivery, r.status, r.created_at, r.sent_at,
       r.delivered_at, r.opened_at, r.clicked_at, r.complained_at, r.cost_amount, r.cost_currency
     FROM (SELECT * FROM communication_message WHERE tenant_id = $1 LIMIT 1) m,
       jsonb_to_record($2::jsonb) AS r(id uuid, direction text, status text, created_at timestamptz, sent_at timestamptz,
         delivered_at timestamptz, opened_at timestamptz, clicked_at timestamptz, complained_at timestamptz,
         cost_amount numeric, cost_currency text)`,
    [of.tenantId, JSON.stringify(columns)],
  );
}
