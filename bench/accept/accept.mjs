import { fileURLToPath } from 'node:url';
import { API_KEY, runProgram, startCarillon, startProgram } from '../lab/processes.mjs';
import { median, pairedRatio, ROUNDS, table, whole } from '../lab/figures.mjs';
import { makeStage, RECIPIENTS } from '../lab/stage.mjs';

const CONNECTIONS = 64;
const SECONDS = 10;
const WARM_UP_SECONDS = 4;
const TYPESCRIPT = fileURLToPath(new URL('../lab/run-typescript.cjs', import.meta.url));

/** POST /messages of a real API process, beside the least that could do the job and beside the usual way to write it. */
export async function accept(database, options) {
  const stage = await makeStage(database, 'accept_stage', 'sandbox');
  const servers = [await bare(database, stage), await carillon(database, stage, options), await idiomatic(database)];
  for (const server of servers) await load(server, WARM_UP_SECONDS);
  for (let round = 0; round < ROUNDS; round++)
    for (const server of servers) {
      await database.settle();
      server.results.push(await load(server, SECONDS));
    }
  for (const server of servers) await server.stop();
  report(servers);
}

async function carillon(database, stage, options) {
  const url = await database.create('accept_carillon', stage.name);
  const app = await startCarillon(url, { ROLE: 'api', RATE_LIMIT_PER_MINUTE: '999999999' }, options);
  return { name: 'Carillon', url: `${app.url}/api/v1/communication/messages`, stop: app.stop, results: [] };
}

async function bare(database, stage) {
  const { line, stop } = await startProgram('accept/bare-server.mjs', {
    DATABASE_URL: await database.create('accept_bare', stage.name),
    TENANT: stage.tenantId,
    CHANNEL: stage.channelId,
  });
  return { name: 'bare node:http + group commit of the same row', url: line, stop, results: [] };
}

async function idiomatic(database) {
  const env = { DATABASE_URL: await database.create('accept_idiomatic') };
  const { line, stop } = await startProgram('accept/idiomatic-server.ts', env, ['-r', TYPESCRIPT]);
  return { name: 'Nest + Express + class-validator + TypeORM save x 2', url: line, stop, results: [] };
}

async function load(server, seconds) {
  const result = await runProgram('accept/load.mjs', {
    URL: server.url,
    KEY: API_KEY,
    CONNECTIONS: String(CONNECTIONS),
    SECONDS: String(seconds),
    RECIPIENTS: String(RECIPIENTS),
  });
  if (Object.keys(result.statuses).join() !== '202')
    throw new Error(`${server.name} answered ${JSON.stringify(result.statuses)}`);
  return result;
}

function report([bareServer, carillonServer, idiomaticServer]) {
  const rates = ({ results }) => results.map(({ perSecond }) => perSecond);
  const row = (server) => [
    server.name,
    whole(median(rates(server))),
    median(server.results.map(({ p50 }) => p50)).toFixed(1),
    median(server.results.map(({ p99 }) => p99)).toFixed(1),
    pairedRatio(rates(carillonServer), rates(server)).toFixed(2),
  ];
  const heading = [`accept, ${CONNECTIONS} connections`, 'req/s', 'p50 ms', 'p99 ms', 'Carillon is x times'];
  console.log(table([heading, ...[bareServer, carillonServer, idiomaticServer].map(row)]));
}
