import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';

/** Addresses of a name; asked again for every question, so that a name may lead somewhere else each time. */
export type Zone = (name: string, type: 'A' | 'AAAA') => readonly string[];

export interface DnsServer {
  /** `address:port`. */
  address: string;
  /** Names that were asked for, in order, one entry a question. */
  questions: string[];
  close(): Promise<void>;
}

const TYPES: Readonly<Record<number, 'A' | 'AAAA'>> = { 1: 'A', 28: 'AAAA' };
const NO_SUCH_NAME = 3;

/** A real name server on loopback (RFC 1035), whose answers may be kept for zero seconds. */
export async function startDns(zone: Zone): Promise<DnsServer> {
  const socket = createSocket('udp4');
  const questions: string[] = [];
  socket.on('message', (query, { port, address }) => {
    const { name, end } = nameIn(query);
    const type = TYPES[query.readUInt16BE(end)];
    questions.push(`${name} ${type}`);
    const answers = type ? zone(name, type) : [];
    const known = answers.length > 0 || zone(name, 'A').length > 0 || zone(name, 'AAAA').length > 0;
    const header = Buffer.alloc(12);
    query.copy(header, 0, 0, 2);
    header.writeUInt16BE(0x8180 | (known ? 0 : NO_SUCH_NAME), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(answers.length, 6);
    const records = answers.map((each) => recordOf(bytesOf(each), query.readUInt16BE(end)));
    socket.send(Buffer.concat([header, query.subarray(12, end + 4), ...records]), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(socket.address() as AddressInfo).port}`,
    questions,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function nameIn(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 };
}

function recordOf(address: Buffer, type: number): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0); // the name of the question
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt32BE(0, 6); // for zero seconds
  head.writeUInt16BE(address.length, 10);
  return Buffer.concat([head, address]);
}

/** Of an IPv6 address only the full form and one `::` are read. */
function bytesOf(address: string): Buffer {
  if (!address.includes(':')) return Buffer.from(address.split('.').map(Number));
  const [left = '', right = ''] = address.split('::').map((half) => half);
  const groups = (half: string) => half.split(':').filter(Boolean);
  const zeros = Array<string>(8 - groups(left).length - groups(right).length).fill('0');
  const all = [...groups(left), ...(address.includes('::') ? zeros : []), ...groups(right)];
  return Buffer.from(all.flatMap((group) => [parseInt(group, 16) >> 8, parseInt(group, 16) & 255]));
}
