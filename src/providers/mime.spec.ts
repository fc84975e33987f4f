import { decodedBody, decodeText, decodeWords, leavesOf, parameterOf, readPart, splitParts } from './mime';

const bytes = (text: string) => Buffer.from(text, 'utf8');
const lines = (...each: string[]) => bytes(each.join('\r\n'));

it('splits headers from the body, unfolds them, and keeps the first of equal names', () => {
  const part = readPart(lines('Subject: one', '\ttwo', 'SUBJECT: other', '', 'body', ''));
  expect({ ...part.headers }).toEqual({ subject: 'one two' });
  expect(part.body.toString()).toBe('body\r\n');
});

it('reads a part without headers, without a body, and with bare line feeds', () => {
  expect(readPart(bytes('\r\nbody')).body.toString()).toBe('body');
  expect(readPart(bytes('A: b')).body).toHaveLength(0);
  expect(readPart(bytes('A: b\n\nbody')).body.toString()).toBe('body');
});

it('finds the parts between boundaries, byte for byte', () => {
  const body = Buffer.concat([
    bytes('preamble\r\n--b\r\nA: 1\r\n\r\n'),
    Buffer.from([0, 255, 13, 10, 45, 45, 98, 120]),
    bytes('\r\n--b--\r\n'),
  ]);
  const parts = splitParts(body, 'b');
  expect(parts.map((part) => [...part.body])).toEqual([[0, 255, 13, 10, 45, 45, 98, 120]]);
  expect(splitParts(lines('--b', '', 'x--b', '--b--'), 'b').map((part) => part.body.toString())).toEqual(['x--b']);
});

it('finds nothing where the boundary does not occur or is never closed', () => {
  expect(splitParts(bytes('nothing'), 'b')).toEqual([]);
  expect(splitParts(lines('--b', '', 'cut off'), 'b')).toEqual([]);
  expect(splitParts(Buffer.alloc(0), 'b')).toEqual([]);
});

it('stops at parts that are nested without end', () => {
  let message = lines('Content-Type: text/plain', '', 'deep');
  for (let depth = 0; depth < 50; depth += 1) {
    message = Buffer.concat([
      lines(`Content-Type: multipart/mixed; boundary=b${depth}`, '', `--b${depth}`, ''),
      message,
      lines('', `--b${depth}--`, ''),
    ]);
  }
  expect(leavesOf(readPart(message))).toHaveLength(1);
});

it('decodes transfer encodings', () => {
  const leaf = (encoding: string, body: string) =>
    decodedBody({ headers: { 'content-transfer-encoding': encoding }, body: bytes(body) });
  expect(leaf('BASE64', 'aGVs\r\nbG8=').toString()).toBe('hello');
  expect(leaf('quoted-printable', 'a=3Db=\r\nc =E2=82=AC').toString()).toBe('a=bc €');
  expect(leaf('8bit', 'a=3D').toString()).toBe('a=3D');
});

it.each([
  ['=?utf-8?Q?J=C3=BCrgen?= <a@b.co>', 'Jürgen <a@b.co>'],
  ['=?ISO-8859-1?Q?a_=FC?=', 'a ü'],
  ['=?UTF-8?B?R3LDvMOfZQ==?= =?UTF-8?Q?_aus?=', 'Grüße aus'],
  ['plain =?broken', 'plain =?broken'],
])('decodes the words of %j', (value, text) => {
  expect(decodeWords(value)).toBe(text);
});

it('reads a text of an unknown charset as UTF-8', () => {
  expect(decodeText(bytes('ü'), 'x-klingon')).toBe('ü');
  expect(decodeText(Buffer.from([0xfc]), 'iso-8859-1')).toBe('ü');
});

it.each([
  ['multipart/mixed; boundary="a b"', 'boundary', 'a b'],
  ['form-data; name=text', 'name', 'text'],
  ['form-data; name="a\\"b"; filename="x;y.txt"', 'filename', 'x;y.txt'],
  ['form-data; filename="x"', 'name', undefined],
])('finds in %j the parameter %s', (header, name, value) => {
  expect(parameterOf(header, name)).toBe(value);
});
