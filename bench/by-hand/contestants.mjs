import { query } from '../lab/database.mjs';
import { API_KEY, startCarillon, startProgram } from '../lab/processes.mjs';
import { makeStage } from '../lab/stage.mjs';

/** Calls at once in one worker of each of them. */
const AT_ONCE = 50;

const ADDRESS = `'+1202' || lpad((2000000 + n)::text, 7, '0')`;

/** Carillon: an API process, and workers that notice within five seconds that another one is gone. */
export const carillon = (delivery) => ({
  name: `Carillon, ${delivery}`,
  async open(database, { stubUrl, recipients }) {
    const stage = await makeStage(database, `campaign_${delivery}`, 'twilio');
    const env = { PROVIDER_URL_TWILIO: stubUrl, PUBLIC_URL: 'https://carillon.example' };
    const worker = {
      ROLE: 'worker',
      WORKER_CONCURRENCY: String(AT_ONCE),
      WORKER_DEAD_SECONDS: '5',
      LEASE_SECONDS: '20',
    };
    const api = await startCarillon(stage.url, { ...env, ROLE: 'api' });
    const ask = asking(api.url);
    const content = { text: 'It is here.' };
    const { id } = await ask('POST', '', { name: 'Bench', channelId: stage.channelId, content, delivery });
    await query(
      stage.url,
      `INSERT INTO bulk_message_recipient (tenant_id, campaign_id, recipient_key, status)
       SELECT tenant_id, id, ${ADDRESS}, 'PENDING' FROM bulk_message_campaign, generate_series(1, ${recipients}) n`,
    );
    return {
      startWorker: () => startCarillon(stage.url, { ...env, ...worker }),
      start: () => ask('POST', `/${id}/start`),
      pause: () => ask('POST', `/${id}/pause`),
      resume: () => ask('POST', `/${id}/resume`),
      close: () => api.stop(),
      ...facts(stage.url, () => ask('GET', `/${id}`)),
    };
  },
});

const asking = (url) => async (method, path, body) => {
  const headers = { authorization: `Bearer ${API_KEY}`, ...(body && { 'content-type': 'application/json' }) };
  const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  const answer = await fetch(`${url}/api/v1/communication/bulk-send${path}`, request);
  if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
};

/** What can be seen of Carillon's bulk send; `read` asks the API. */
const facts = (url, read) => ({
  place: async () =>
    (await query(url, `SELECT count(*)::int AS n FROM bulk_message_recipient WHERE status <> 'PENDING'`))[0].n,
  feeder: async () =>
    (await query(url, 'SELECT w.pid FROM bulk_message_campaign b JOIN worker w ON w.id = b.feeder'))[0]?.pid,
  async isOver() {
    // Nobody waits two minutes for the provider's word here.
    await query(
      url,
      `UPDATE communication_message SET resolve_at = now()
       WHERE status = 'UNKNOWN' AND resolve_at > now() + interval '90 seconds'`,
    );
    return ['COMPLETED', 'PARTIALLY_FAILED'].includes((await read()).status);
  },
  async shownSent() {
    const { counts } = await read();
    return counts.sent + counts.delivered + counts.read;
  },
  /** Those of whom it says that it does not know. */
  shownOpen: async () =>
    (await query(url, `SELECT to_address AS address FROM communication_message WHERE status = 'UNKNOWN'`)).map(
      ({ address }) => address,
    ),
});

/** The campaign by hand around a queue: the place in the list moves when recipients are fetched. */
export const byHandWith = ({ name, file, env = {} }) => ({
  name,
  async open(database, { stubUrl, recipients }) {
    const url = await database.create(`by_hand_${file.replaceAll('-', '_')}`);
    await query(
      url,
      `CREATE TABLE campaign (status text NOT NULL DEFAULT 'draft', checkpoint int NOT NULL DEFAULT 0, sent int NOT NULL DEFAULT 0,
         fed_by int);
       INSERT INTO campaign DEFAULT VALUES;
       CREATE TABLE recipient (id int PRIMARY KEY, address text NOT NULL);
       INSERT INTO recipient SELECT n, ${ADDRESS} FROM generate_series(1, ${recipients}) n`,
    );
    const one = async (text) => (await query(url, text))[0];
    const become = (status) => query(url, `UPDATE campaign SET status = '${status}' WHERE status <> 'finished'`);
    return {
      startWorker: () => startProgram(`by-hand/${file}.mjs`, { DATABASE_URL: url, STUB_URL: stubUrl, ...env }),
      start: () => become('running'),
      pause: () => become('paused'),
      resume: () => become('running'),
      place: async () => (await one('SELECT checkpoint AS place FROM campaign')).place,
      feeder: async () => (await one('SELECT fed_by FROM campaign')).fed_by,
      isOver: async () => (await one('SELECT status FROM campaign')).status === 'finished',
      shownSent: async () => (await one('SELECT sent FROM campaign')).sent,
      shownOpen: async () => [],
      close: async () => undefined,
    };
  },
});
