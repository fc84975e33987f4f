import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { providers } from '../../src/providers/registry';
import { Api } from '../support/api';
import { cloneDatabase, TEST_MASTER_KEY } from '../support/test-database';
import { KITS } from './kits';

const MAIN = join(__dirname, '..', '..', 'dist', 'src', 'main.js');
const API_KEY = 'canary-key-0123456789abcdef';

/** Behaviours that make a provider's code say why: the request repeated in a refusal, in an error, and no answer at all. */
const STATUSES = [400, 401, 422, 500];

/** A server that says back all it heard, credentials included. */
function startEcho(): Promise<{ server: Server; url: string; heard: () => string }> {
  let heard = '';
  let calls = 0;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const echo = `${request.url} ${JSON.stringify(request.headers)} ${decodeURIComponent(body.replaceAll('%', '%25'))}`;
      heard += echo;
      if (++calls % 6 === 0) return void request.socket.destroy();
      response.writeHead(STATUSES[calls % STATUSES.length] ?? 500, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ message: echo, error: { message: echo }, description: echo }));
    });
  });
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({ server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard: () => heard }),
    ),
  );
}

describe('a process that logs everything', () => {
  const networked = providers().filter(({ type }) => KITS[type]?.answers);
  const secrets = networked.flatMap(({ type }) => KITS[type]?.secrets ?? []);
  let database: Awaited<ReturnType<typeof cloneDatabase>>;
  let echo: Awaited<ReturnType<typeof startEcho>>;
  let output = '';
  let api: Api;
  let stop: () => Promise<unknown>;

  beforeAll(async () => {
    database = await cloneDatabase();
    echo = await startEcho();
    const urls = networked.map(({ type }) => [`PROVIDER_URL_${type.replaceAll('-', '_').toUpperCase()}`, echo.url]);
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: database.url,
        MASTER_KEY: TEST_MASTER_KEY,
        BOOTSTRAP_API_KEY: API_KEY,
        PUBLIC_URL: 'https://hooks.carillon.example',
        LOG_LEVEL: 'trace',
        PORT: '0',
        ...Object.fromEntries(urls),
      },
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    stop = () => (child.kill('SIGTERM'), ended);
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        output += `${line}\n`;
        const address = /Carillon runs \(\w+\) at (\S+)/.exec(line)?.[1];
        if (address) resolve(address);
      });
      void ended.then(() => reject(new Error(output)));
    });
    api = new Api(url, API_KEY);
  });
  afterAll(async () => {
    await stop();
    echo.server.closeAllConnections();
    echo.server.close();
    await database.drop();
  });

  it('lets no credential of any provider into its log or an answer, whatever the provider says back', async () => {
    const answers: string[] = [];
    for (const { type, channels } of networked) {
      const kit = KITS[type]!;
      for (const channelType of Object.keys(channels)) {
        const { credentials, settings, from, to } = kit;
        const sender = from[channelType as keyof typeof from];
        const name = `${type} ${channelType}`;
        const created = await api.post('/channels', {
          name,
          channelType,
          providerType: type,
          from: sender,
          credentials,
          settings,
        });
        expect([name, created.status, created.status === 201 ? '' : created.text]).toEqual([name, 201, '']);
        const channelId = String(created.body['id']);
        const address = to ?? (channelType === 'EMAIL' ? 'ada@example.com' : '+14155552671');
        const sent = await api.post('/messages', {
          channelId,
          to: address,
          content: { subject: 'Hello', text: 'Hello Ada' },
        });
        const verified = await api.post(`/channels/${channelId}/verify`);
        const called = await api.post(`/webhooks/${type}`, { hello: 'world' });
        answers.push(created.text, sent.text, verified.text, called.text);
        if (sent.status !== 202) continue; // the person never wrote on WhatsApp
        const tried = await api.until(
          `/messages/${String(sent.body['id'])}`,
          ({ body }) => Number(body['attempts']) > 0,
        );
        answers.push(tried.text);
      }
    }
    answers.push((await api.get('/channels')).text, (await api.get('/messages')).text);

    // The test would see them: they did go over the wire, and things were logged.
    expect(secrets.length).toBeGreaterThanOrEqual(networked.length);
    expect(secrets.some((secret) => echo.heard().includes(secret))).toBe(true);
    expect(output.split('\n').length).toBeGreaterThan(networked.length);
    for (const secret of [...secrets, API_KEY, TEST_MASTER_KEY]) {
      expect(output.includes(secret)).toBe(false);
      expect(answers.some((text) => text.includes(secret))).toBe(false);
    }
    // The welcome names a made-up person; log lines are JSON.
    const lines = output.split('\n').filter((line) => line.startsWith('{'));
    expect(lines.filter((line) => /ada@example\.com|4155552671/.test(line))).toEqual([]);
  });
});
