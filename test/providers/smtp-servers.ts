import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

type Pair = { key: string; cert: string };
export const CERTIFICATES: { localhost: Pair; other: Pair } = JSON.parse(
  readFileSync(join(__dirname, 'vectors/tls-test-certificates.json'), 'utf8'),
);

export const LOGIN = { user: 'news@acme.example', password: 'correct horse battery staple' };

export interface Received {
  envelope: { from: string; to: string[] };
  secure: boolean;
  user: string | undefined;
  raw: Buffer;
}

export interface MailServer {
  port: number;
  received: Received[];
  /** Connections that were made, and logins that were tried. */
  connections: number;
  logins: number;
  /** Connections that stand. */
  open(): number;
  close(): Promise<void>;
}

/** A reply that refuses: `550 5.1.1 No such user`. */
export type Reply = string;

export interface Behaviour {
  options?: SMTPServerOptions;
  greeting?: Reply;
  mail?: Reply;
  rcpt?: Reply;
  content?: Reply;
}

/** A server that nobody here wrote (smtp-server), on a free port of 127.0.0.1; refuses where it is told to. */
export async function startMailServer({
  options = {},
  greeting,
  mail,
  rcpt,
  content,
}: Behaviour = {}): Promise<MailServer> {
  const sockets = new Set<object>();
  const state: MailServer = { port: 0, received: [], connections: 0, logins: 0, open: () => sockets.size, close };
  const server = new SMTPServer({
    ...CERTIFICATES.localhost,
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect: (session, done) => {
      state.connections += 1;
      sockets.add(session);
      done(refusal(greeting));
    },
    onClose: (session) => void sockets.delete(session),
    onAuth: ({ username, password }, _session, done) => {
      state.logins += 1;
      if (username === LOGIN.user && password === LOGIN.password) done(null, { user: username });
      else done(Object.assign(new Error(`5.7.8 No login for ${username} with ${password}`), { responseCode: 535 }));
    },
    onMailFrom: (_address, _session, done) => done(refusal(mail)),
    onRcptTo: (_address, _session, done) => done(refusal(rcpt)),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        take(Buffer.concat(chunks), session);
        done(refusal(content));
      });
    },
    ...options,
  });
  server.on('error', () => {}); // connections that a test cuts off
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.port = (server.server.address() as AddressInfo).port;
  return state;

  function take(raw: Buffer, session: SMTPServerSession): void {
    if (content !== undefined) return;
    const { mailFrom, rcptTo } = session.envelope;
    state.received.push({
      envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
      secure: session.secure,
      user: session.user,
      raw,
    });
  }

  function close(): Promise<void> {
    return new Promise((resolve) => server.close(() => resolve()));
  }
}

function refusal(reply: Reply | undefined): Error | null {
  if (reply === undefined) return null;
  return Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) });
}

/** What a scripted server does at a step: a reply, which `…` ends in the middle, or `hang`, `close` or `reset`. */
export type Step = string;

export interface Script {
  greeting?: Step;
  EHLO?: Step;
  HELO?: Step;
  STARTTLS?: Step;
  AUTH?: Step;
  MAIL?: Step;
  RCPT?: Step;
  DATA?: Step;
  content?: Step;
  /** As soon as the first byte of the content is there. */
  firstByte?: Step;
  RSET?: Step;
}

const USUAL: Required<Omit<Script, 'firstByte'>> = {
  greeting: '220 mail.example ESMTP',
  EHLO: '250-mail.example\r\n250-SIZE 1000000\r\n250 AUTH PLAIN',
  HELO: '250 mail.example',
  STARTTLS: '502 5.5.1 Not here',
  AUTH: '235 2.7.0 Welcome',
  MAIL: '250 2.1.0 Ok',
  RCPT: '250 2.1.5 Ok',
  DATA: '354 Go ahead',
  content: '250 2.0.0 Ok: queued as 4ABC',
  RSET: '250 2.0.0 Ok',
};

export interface ScriptedServer {
  port: number;
  connections: number;
  commands: string[];
  /** What it does at the next such step, once. */
  next(step: keyof Script, does: Step): void;
  close(): Promise<void>;
}

/** A server that does at one step what no decent one would. */
export async function startScriptedServer(script: Script): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const once: Script = {};
  const state: ScriptedServer = {
    port: 0,
    connections: 0,
    commands: [],
    next: (step, does) => void (once[step] = does),
    close,
  };
  const server = createServer((socket) => {
    state.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {}); // cut off by the client
    converse(socket, { ...USUAL, ...script }, { once, commands: state.commands });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  state.port = (server.address() as AddressInfo).port;
  return state;

  function close(): Promise<void> {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  }
}

type Conversation = { once: Script; commands: string[] };

function converse(socket: Socket, script: typeof USUAL & Script, { once, commands }: Conversation): void {
  const does = (step: keyof typeof USUAL): Step => {
    const { [step]: now = script[step] } = once;
    delete once[step];
    return now;
  };
  let isContent = false;
  let buffered = '';
  act(socket, script.greeting);
  socket.on('data', (chunk) => {
    buffered += chunk.toString('latin1');
    if (isContent && script.firstByte) return act(socket, script.firstByte);
    for (let end = buffered.indexOf('\r\n'); end !== -1; end = buffered.indexOf('\r\n')) {
      const line = buffered.slice(0, end);
      buffered = buffered.slice(end + 2);
      if (isContent) {
        if (line !== '.') continue;
        isContent = false;
        act(socket, does('content'));
        continue;
      }
      commands.push(line);
      const verb = line.split(' ')[0]?.toUpperCase() as keyof typeof USUAL;
      if (line === 'QUIT') return socket.end('221 Bye\r\n');
      isContent = verb === 'DATA' && script.DATA.startsWith('354');
      act(socket, verb in USUAL ? does(verb) : '500 5.5.2 What?');
    }
  });
}

function act(socket: Socket, step: Step): void {
  if (step === 'hang') return;
  if (step === 'reset') socket.resetAndDestroy();
  else if (step === 'close') socket.end();
  else if (step.endsWith('…')) socket.end(step.slice(0, -1));
  else socket.write(`${step}\r\n`);
}
