import { createSmtpClient, type SmtpClient, type SmtpMail } from '../../src/platform/egress/smtp-client';
import { LOGIN, startMailServer, startScriptedServer, type MailServer } from './smtp-servers';

const clients: SmtpClient[] = [];
const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

function newClient(options: Partial<Parameters<typeof createSmtpClient>[0]> = {}): SmtpClient {
  const client = createSmtpClient({ rule: () => undefined, ...options });
  clients.push(client);
  return client;
}

async function newServer(...behaviour: Parameters<typeof startMailServer>): Promise<MailServer> {
  const server = await startMailServer(...behaviour);
  servers.push(server);
  return server;
}

async function scripted(...script: Parameters<typeof startScriptedServer>) {
  const server = await startScriptedServer(...script);
  servers.push(server);
  return server;
}

function mailFor(port: number, changes: Partial<SmtpMail> = {}): SmtpMail {
  return {
    host: 'localhost',
    port,
    secure: 'none',
    ...LOGIN,
    envelope: { from: 'news@acme.example', to: ['ada@example.com'] },
    raw: Buffer.from('Subject: x\r\n\r\nx\r\n'),
    timeoutMs: 2_000,
    ...changes,
  };
}

const accepted = { kind: 'ACCEPTED', response: expect.stringMatching(/^250/), refused: [] };
const eventually = async (holds: () => boolean) => {
  for (let tries = 0; tries < 100 && !holds(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(holds()).toBe(true);
};

describe('connections', () => {
  it('carry twenty mails one after the other over one, signed in once', async () => {
    const server = await newServer();
    const client = newClient();
    for (let count = 0; count < 20; count += 1) expect(await client.send(mailFor(server.port))).toEqual(accepted);
    expect([server.received.length, server.connections, server.logins]).toEqual([20, 1, 1]);
  });

  it('are at most ten for a hundred mails at once', async () => {
    const server = await newServer();
    const client = newClient();
    const results = await Promise.all(Array.from({ length: 100 }, () => client.send(mailFor(server.port))));
    expect(results.filter(({ kind }) => kind === 'ACCEPTED')).toHaveLength(100);
    expect(server.connections).toBeLessThanOrEqual(10);
    expect(server.received).toHaveLength(100);
  });

  it('are changed after a hundred mails', async () => {
    const server = await newServer();
    const client = newClient();
    for (let count = 0; count < 101; count += 1) await client.send(mailFor(server.port));
    expect([server.received.length, server.connections]).toEqual([101, 2]);
    await eventually(() => server.open() === 1);
  });

  it('are not shared between logins, passwords and kinds of security', async () => {
    const server = await newServer({ options: { onAuth: (_auth, _session, done) => done(null, { user: 'x' }) } });
    const client = newClient();
    const changes: Partial<SmtpMail>[] = [
      {},
      { user: 'other@acme.example' },
      { password: 'other' },
      { secure: 'starttls', allowInvalidCertificate: true },
    ];
    for (const change of changes) expect(await client.send(mailFor(server.port, change))).toEqual(accepted);
    const { user: _user, password: _password, ...nobody } = mailFor(server.port);
    expect(await client.send(nobody)).toEqual(accepted);
    expect(server.connections).toBe(changes.length + 1);
  });

  it('a wrong password does not ride on the connection of the right one', async () => {
    const server = await newServer();
    const client = newClient();
    expect(await client.send(mailFor(server.port))).toEqual(accepted);
    expect(await client.send(mailFor(server.port, { password: 'wrong' }))).toMatchObject({
      kind: 'REFUSED',
      code: 535,
    });
    expect(server.received).toHaveLength(1);
  });

  it('are kept after a refusal, and begin anew', async () => {
    let isKnown = false;
    const options = {
      onRcptTo: (_address: unknown, _session: unknown, done: (error?: Error) => void) =>
        done(isKnown ? undefined : Object.assign(new Error('5.1.1 Nobody'), { responseCode: 550 })),
    };
    const server = await newServer({ options });
    const client = newClient();
    expect(await client.send(mailFor(server.port))).toMatchObject({
      kind: 'REFUSED',
      command: 'RCPT',
      enhanced: '5.1.1',
    });
    isKnown = true;
    for (let count = 0; count < 3; count += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await client.send(mailFor(server.port))).toEqual(accepted);
    }
    expect(server.connections).toBe(1);
  });

  it('end when nothing was sent for a while', async () => {
    const server = await newServer();
    const client = newClient({ idleMs: 50 });
    await client.send(mailFor(server.port));
    expect(server.open()).toBe(1);
    await eventually(() => server.open() === 0);
    expect(await client.send(mailFor(server.port))).toEqual(accepted);
    expect(server.connections).toBe(2);
  });

  it('end with a goodbye when the client closes, which waits for the mails under way', async () => {
    const server = await newServer({
      options: {
        onMailFrom: (_address, _session, done) => void setTimeout(() => done(), 150),
      },
    });
    const client = newClient();
    const underWay = client.send(mailFor(server.port));
    await client.close();
    expect(await underWay).toEqual(accepted);
    await eventually(() => server.open() === 0);
    expect(await client.send(mailFor(server.port))).toMatchObject({ kind: 'NOT_SENT', code: 'closed' });
    expect(server.connections).toBe(1);
  });

  it('that the server closed meanwhile are replaced, and the mail goes once', async () => {
    const server = await newServer({ options: { socketTimeout: 500 } });
    const client = newClient();
    expect(await client.send(mailFor(server.port))).toEqual(accepted);
    await eventually(() => server.open() === 0);
    expect(await client.send(mailFor(server.port))).toEqual(accepted);
    expect([server.connections, server.received.length]).toEqual([2, 2]);
  });

  it.each([
    ['closes', 'close'],
    ['resets', 'reset'],
    ['says 421 and closes', '421 4.4.2 Idle for too long'],
  ])('are replaced once when the server %s just as the next mail begins', async (_name, step) => {
    const server = await scripted({});
    const client = newClient();
    expect(await client.send(mailFor(server.port))).toEqual(accepted);
    server.next('MAIL', step);
    expect(await client.send(mailFor(server.port))).toEqual(accepted);
    expect([server.connections, server.commands.filter((line) => line === 'DATA').length]).toEqual([2, 2]);
  });

  it('are not replaced once a byte of the mail was written', async () => {
    const server = await scripted({});
    const client = newClient();
    expect(await client.send(mailFor(server.port))).toEqual(accepted);
    server.next('content', 'reset');
    expect(await client.send(mailFor(server.port))).toMatchObject({ kind: 'IN_DOUBT' });
    expect(server.connections).toBe(1);
  });
});

describe('the one time limit', () => {
  it('counts the wait for a connection', async () => {
    const server = await scripted({ MAIL: 'hang' });
    const client = newClient();
    const started = performance.now();
    const results = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        client.send(mailFor(server.port, { timeoutMs: index < 10 ? 500 : 250 })),
      ),
    );
    expect(results).toEqual(results.map(() => expect.objectContaining({ kind: 'NOT_SENT', code: 'timeout' })));
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(server.connections).toBe(10);
  });

  it('cuts the line, so that nothing follows that was given up', async () => {
    const server = await scripted({ DATA: 'hang' });
    const client = newClient();
    const raw = Buffer.from('Subject: late\r\n\r\nlate\r\n');
    expect(await client.send(mailFor(server.port, { raw, timeoutMs: 200 }))).toMatchObject({
      kind: 'NOT_SENT',
      code: 'timeout',
    });
    expect(server.commands.join('\n')).not.toContain('late');
    expect(await newClient().send(mailFor(server.port, { timeoutMs: 200 }))).toMatchObject({ code: 'timeout' });
  });
});

it('tells which of several recipients the server left out', async () => {
  const options = {
    onRcptTo: ({ address }: { address: string }, _session: unknown, done: (error?: Error) => void) =>
      done(address.startsWith('no') ? Object.assign(new Error('5.1.1 Nobody'), { responseCode: 550 }) : undefined),
  };
  const server = await newServer({ options });
  const envelope = { from: 'news@acme.example', to: ['ada@example.com', 'nobody@example.com'] };
  expect(await newClient().send(mailFor(server.port, { envelope }))).toMatchObject({
    kind: 'ACCEPTED',
    refused: ['nobody@example.com'],
  });
});

it('asks for a report under the id of the attempt where the server has reports', async () => {
  const server = await scripted({ EHLO: '250-mail.example\r\n250-DSN\r\n250 AUTH PLAIN' });
  const dsn = { envid: 'x.1', notify: ['FAILURE'], ret: 'HDRS' } as const;
  await newClient().send(mailFor(server.port, { envelope: { from: 'a@b.example', to: ['c@d.example'], dsn } }));
  expect(server.commands).toContain('MAIL FROM:<a@b.example> RET=HDRS ENVID=x.1');
  expect(server.commands.find((line) => line.startsWith('RCPT'))).toMatch(/^RCPT TO:<c@d.example> NOTIFY=FAILURE/);
});

it.each(['a@b.example>\r\nRCPT TO:<eve@evil.example', 'a@b.example\nDATA', 'a@b.example> SIZE=1'])(
  'says nothing to the server of an envelope with %j in it',
  async (address) => {
    const server = await scripted({});
    const client = newClient();
    const ok = 'ok@b.example';
    for (const envelope of [
      { from: address, to: [ok] },
      { from: ok, to: [address] },
    ])
      expect(await client.send(mailFor(server.port, { envelope }))).toMatchObject({
        kind: 'NOT_SENT',
        code: 'EENVELOPE',
      });
    expect(server.commands.filter((line) => /^(MAIL|RCPT|DATA)/.test(line))).toEqual([]);
  },
);
