import { encodeMultipart } from './multipart';
import { parameterOf, splitParts } from './mime';

describe('a multipart form', () => {
  it('holds each field and file as they were, bytes that look like line ends and boundaries included', () => {
    const content = Buffer.from([0, 13, 10, 45, 45, 255]);
    const { contentType, body } = encodeMultipart([
      { name: 'to', value: 'Ädä\r\n--x' },
      { name: 'attachment', filename: 'a.bin', contentType: 'application/octet-stream', content },
    ]);
    const parts = splitParts(body, parameterOf(contentType, 'boundary') ?? '');
    expect(parts.map((part) => part.body)).toEqual([Buffer.from('Ädä\r\n--x'), content]);
    expect(parts[1]?.headers).toMatchObject({ 'content-type': 'application/octet-stream' });
  });

  it('lets no name, filename or type add a header', () => {
    const { body } = encodeMultipart([
      {
        name: 'a"\r\nX-Evil: 1',
        filename: 'b"\r\nX-Evil: 2',
        contentType: 'text/plain\r\nX-Evil: 3',
        content: Buffer.alloc(0),
      },
    ]);
    expect(body.toString()).not.toMatch(/^X-Evil/m);
  });
});
