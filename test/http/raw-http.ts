import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Sends exactly these bytes over a socket of its own and reads what comes until the server closes or the answer is whole.
 * Rejects after `deadlineMs`: a server that hangs fails the test.
 */
export function sendRaw(port: number, bytes: string | Buffer, deadlineMs = 10_000): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    const deadline = setTimeout(() => finish(new Error(`no answer in ${deadlineMs} ms`)), deadlineMs);
    let received = Buffer.alloc(0);
    const finish = (fault?: Error) => {
      clearTimeout(deadline);
      socket.destroy();
      const answer = parseAnswer(received);
      if (answer) resolve(answer);
      else reject(fault ?? new Error('closed without an answer'));
    };
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (parseAnswer(received)) finish();
    });
    socket.on('error', finish);
    socket.on('close', () => finish());
  });
}

/** A POST with its Content-Length, and further header lines. */
export function post(path: string, body: string | Buffer, headers: readonly string[] = []): Buffer {
  const length = Buffer.byteLength(body);
  const head = [`POST ${path} HTTP/1.1`, 'Host: localhost', `Content-Length: ${length}`, ...headers];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.from(body as string)]);
}

function parseAnswer(bytes: Buffer): RawAnswer | undefined {
  const text = bytes.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const [statusLine = '', ...lines] = text.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  );
  const length = Number(headers['content-length'] ?? 0);
  if (bytes.length < end + 4 + length) return undefined;
  const body = bytes.subarray(end + 4, end + 4 + length).toString();
  return { status: Number(statusLine.split(' ')[1]), headers, body };
}
