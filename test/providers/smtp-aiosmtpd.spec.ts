import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { createSmtpClient } from '../../src/platform/egress/smtp-client';
import { findProvider } from '../../src/providers/registry';
import { accountOf } from './accounts';
import { NOW } from './answers';

/** A second mail server, of another family than nodemailer and smtp-server: `apt-get install -y python3-aiosmtpd`. */
const COMMANDS: readonly (readonly [string, string[]])[] = [
  ['aiosmtpd', []],
  ['python3', ['-m', 'aiosmtpd']],
  ['/usr/bin/python3', ['-m', 'aiosmtpd']],
];
const installed = COMMANDS.find(([command, args]) => {
  try {
    execFileSync(command, [...args, '--version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
});
if (!installed) console.warn('aiosmtpd is not installed: its part of the SMTP tests is left out.');

(installed ? describe : describe.skip)('aiosmtpd', () => {
  let server: ChildProcess;
  let output = '';
  let port = 0;
  const client = createSmtpClient({ rule: () => undefined });

  beforeAll(async () => {
    port = await freePort();
    const [command, args] = installed!;
    const options = ['-n', '-l', `127.0.0.1:${port}`, '-c', 'aiosmtpd.handlers.Debugging', 'stdout'];
    server = spawn(command, [...args, ...options], { env: { ...process.env, PYTHONUNBUFFERED: '1' } });
    server.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    await until(() => answers(port));
  });

  afterAll(async () => {
    await client.close();
    server.kill();
    if (server.exitCode === null) await once(server, 'exit');
  });

  it('takes a mail with its envelope, headers and parts', async () => {
    const provider = findProvider('smtp')!;
    const usual = accountOf('smtp', 'EMAIL', `smtp://127.0.0.1:${port}`);
    const { user: _user, password: _password, ...credentials } = usual.credentials;
    const account = { ...usual, credentials: { ...credentials, security: 'none' } };
    const io = {
      now: () => NOW,
      http: () => Promise.reject(new Error('SMTP is not HTTP')),
      smtp: client.send.bind(client),
      smtpVerify: client.verify.bind(client),
    };
    const message = {
      messageId: '0197a000-0000-7000-8000-000000000001',
      ref: '0197a000-0000-7000-8000-000000000001.1',
      channelType: 'EMAIL',
      messageType: 'HTML',
      to: 'ada@example.com',
      content: {
        subject: 'Grüße',
        text: '.\nHello Ada',
        html: '<p>Hello Ada</p>',
        attachments: [{ filename: 'a.txt', contentType: 'text/plain', content: Buffer.from('a') }],
      },
      purpose: 'TRANSACTIONAL',
    } as const;
    expect(await provider.check?.(account, io)).toEqual({ ok: true });
    for (let count = 0; count < 3; count += 1)
      expect(
        await provider.send(
          { ...message, content: { ...message.content, attachments: [...message.content.attachments] } },
          account,
          io,
        ),
      ).toMatchObject({ outcome: 'ACCEPTED' });
    await until(() => Promise.resolve(output.split('END MESSAGE').length === 4));

    const headers = ['From: Acme <news@acme.example>', 'To: ada@example.com', 'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?='];
    headers.push(`Message-ID: <${message.ref}@acme.example>`, 'Date: Sat, 21 Nov 2026 10:00:00 +0000');
    for (const line of [...headers, '.', 'Hello Ada', '<p>Hello Ada</p>', 'YQ=='])
      expect(output.split('\n').filter((each) => each === line)).toHaveLength(3);
    expect(output.match(/^X-Peer: /gm)).toHaveLength(3);
    expect(new Set(output.match(/^X-Peer: .*$/gm)).size).toBe(1); // one connection carried all three
  });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once('data', () => settle(true)).once('error', () => settle(false));
  });
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Waited for ten seconds.');
}
