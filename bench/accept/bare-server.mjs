// The least that can take a message durably: node:http, JSON.parse, and a group commit of the same row into the same table.
// No validation, no authentication, no row-level security. Environment: DATABASE_URL, TENANT, CHANNEL.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import pg from 'pg';

const require = createRequire(import.meta.url);
const { Batcher } = require('../../dist/src/platform/work/batcher.js');
const { uuidv7 } = require('../../dist/src/platform/db/uuid.js');

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
const STORE = {
  name: 'store',
  text: `INSERT INTO communication_message (tenant_id, id, session_id, contact_id, channel_id, channel_type, provider_type,
      direction, lane, purpose, topic, from_address, to_address, message_type, content, delivery, status, client_reference, metadata)
    SELECT s.tenant_id, i.id, s.id, s.contact_id, s.channel_id, 'EMAIL', 'sandbox', 'OUTBOUND', 'transactional', 'TRANSACTIONAL',
      i.topic, 'hello@sandbox.example', i.address, 'TEXT', i.content, 'at_least_once', 'QUEUED', i.reference, i.metadata
    FROM unnest($3::uuid[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::jsonb[])
      AS i(id, address, topic, content, reference, metadata)
    JOIN communication_session s ON s.tenant_id = $1 AND s.channel_id = $2 AND s.counterpart = i.address
      AND s.status IN ('INITIATED', 'ACTIVE', 'PENDING')`,
};

const batcher = new Batcher(store, { maxSize: 250, inFlight: 2, worthSecond: 1 });

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => void accept(JSON.parse(Buffer.concat(chunks).toString()), response));
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));

async function accept(body, response) {
  const id = uuidv7();
  const stored = await batcher.add({ id, body }).catch(() => false);
  const answer = JSON.stringify({ id, status: 'QUEUED' });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) };
  response.writeHead(stored ? 202 : 500, headers).end(answer);
}

async function store(items) {
  const column = (pick) => items.map(pick);
  const { rowCount } = await pool.query({
    ...STORE,
    values: [
      process.env.TENANT,
      process.env.CHANNEL,
      column(({ id }) => id),
      column(({ body }) => body.to),
      column(({ body }) => body.topic),
      column(({ body }) => JSON.stringify(body.content)),
      column(({ body }) => body.clientReference),
      column(({ body }) => JSON.stringify(body.metadata)),
    ],
  });
  return items.map(() => rowCount === items.length);
}
