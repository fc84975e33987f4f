import { query } from './database.mjs';
import { API_KEY, startCarillon } from './processes.mjs';

/** People who get messages; each has a contact, an address and an open conversation on the channel. */
export const RECIPIENTS = 5_000;

/** Channels as an application would make them; the credentials open nothing. */
export const CHANNELS = {
  sandbox: { channelType: 'EMAIL', from: 'hello@sandbox.example' },
  twilio: {
    channelType: 'SMS',
    from: '+15005550006',
    credentials: { accountSid: `AC${'0'.repeat(32)}`, authToken: '0'.repeat(32) },
  },
  sendgrid: {
    channelType: 'EMAIL',
    from: 'hello@example.com',
    credentials: { apiKey: `SG.${'0'.repeat(22)}.${'0'.repeat(43)}` },
  },
  mailgun: {
    channelType: 'EMAIL',
    from: 'hello@acme.example',
    credentials: { apiKey: '0'.repeat(32), domain: 'acme.example', region: 'US' },
  },
};

/**
 * A database as Carillon makes it on its first start, with one more channel and its recipients: a template for the runs.
 * Answers the ids that rows need.
 */
export async function makeStage(database, name, providerType) {
  const url = await database.create(name);
  const app = await startCarillon(url, { ROLE: 'api' });
  const channel = CHANNELS[providerType];
  const answer = await fetch(`${app.url}/api/v1/communication/channels`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Bench', providerType, ...channel, isDefault: true }),
  });
  if (answer.status !== 201) throw new Error(`POST /channels answered ${answer.status}: ${await answer.text()}`);
  const { id: channelId } = await answer.json();
  await app.stop();
  const [{ tenantId }] = await query(url, 'SELECT first_tenant_id AS "tenantId" FROM installation');
  const stage = { name, url, tenantId, channelId, providerType, ...channel };
  await query(url, recipientRows(stage));
  await query(url, 'VACUUM ANALYZE contact, contact_identity, communication_session');
  // Runs are copies of it, and a copy of a database sends nothing before somebody confirms it; one that never stood anywhere does.
  await query(url, 'UPDATE installation SET identity = NULL');
  return stage;
}

/** Address of a recipient, from 0; the SQL function `bench_address` gives the same. */
export function addressOf(channelType, recipient) {
  if (channelType === 'EMAIL') return `person-${recipient}@example.com`;
  return `+1202555${String(recipient).padStart(4, '0')}`;
}

/** One row of a table a recipient; ids made of the number, so that every statement knows those of the others. */
const recipientRows = ({ tenantId, channelId, channelType }) => `
  CREATE FUNCTION bench_address(channel_type text, recipient bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE channel_type WHEN 'EMAIL' THEN 'person-' || recipient || '@example.com'
      ELSE '+1202555' || lpad(recipient::text, 4, '0') END $$;
  CREATE FUNCTION bench_id(kind text, number bigint) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT ('01900000-0000-7000-' || kind || '-' || lpad(to_hex(number), 12, '0'))::uuid $$;
  INSERT INTO contact (tenant_id, id)
    SELECT '${tenantId}', bench_id('8001', n) FROM generate_series(0, ${RECIPIENTS - 1}) n;
  INSERT INTO contact_identity (tenant_id, channel_type, address, contact_id)
    SELECT '${tenantId}', '${channelType}', bench_address('${channelType}', n), bench_id('8001', n)
    FROM generate_series(0, ${RECIPIENTS - 1}) n;
  INSERT INTO communication_session (tenant_id, id, channel_id, channel_type, contact_id, counterpart, direction, status)
    SELECT '${tenantId}', bench_id('8002', n), '${channelId}', '${channelType}', bench_id('8001', n),
      bench_address('${channelType}', n), 'OUTBOUND', 'ACTIVE'
    FROM generate_series(0, ${RECIPIENTS - 1}) n;`;
