// What somebody writes around a job queue: a row for the campaign, with the place in the list of recipients and a count of what
// was sent. Environment: DATABASE_URL, STUB_URL.
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Pool } from 'undici';

const { DATABASE_URL, STUB_URL } = process.env;

/** Calls at once in one worker, as WORKER_CONCURRENCY says it for Carillon. */
export const AT_ONCE = 50;

const AT_A_TIME = 500;
const ENOUGH = 1_000;
const LOOK_MS = 100;

const provider = new Pool(STUB_URL, { connections: AT_ONCE, pipelining: 1 });
const database = new pg.Pool({ connectionString: DATABASE_URL, max: 10 });
database.on('error', (error) => console.error(error));

export async function isPaused() {
  const { rows } = await database.query('SELECT status FROM campaign');
  return rows[0].status === 'paused';
}

export async function countSent(count) {
  await database.query('UPDATE campaign SET sent = sent + $1', [count]);
}

export async function send({ address }) {
  const { statusCode, body } = await provider.request({
    method: 'POST',
    path: '/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ To: address, From: '+15005550006', Body: 'It is here.' }).toString(),
  });
  await body.text();
  if (statusCode >= 300) throw new Error(`the stub answered ${statusCode}`);
}

/** Takes the next recipients of the list and moves the place in the same statement. Two workers never take the same. */
const NEXT = `
WITH held AS (SELECT checkpoint FROM campaign WHERE status = 'running' FOR UPDATE),
next AS (SELECT r.id, r.address FROM recipient r, held WHERE r.id > held.checkpoint ORDER BY r.id LIMIT $1),
moved AS (UPDATE campaign SET checkpoint = (SELECT max(id) FROM next), fed_by = $2 WHERE EXISTS (SELECT 1 FROM next))
SELECT id, address FROM next`;

/**
 * Brings recipients into the queue while it is short, and says that the campaign is over when the list is at its end and the
 * queue is empty.
 */
export async function feed({ enqueue, waiting }) {
  for (;;) {
    const length = await waiting();
    if (length < ENOUGH && !(await isPaused())) {
      const { rows } = await database.query(NEXT, [AT_A_TIME, process.pid]);
      if (rows.length) await enqueue(rows);
      else if (length === 0)
        await database.query(`UPDATE campaign SET status = 'finished' WHERE status = 'running'
          AND checkpoint = (SELECT max(id) FROM recipient)`);
    }
    await pause(LOOK_MS);
  }
}
