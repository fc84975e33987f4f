// All providers on one port, each told by its path: takes every message at once. Counts the connections made to it.
import { createServer } from 'node:http';

const ANSWERS = [
  ['/v3/mail/send', 202, '', { 'x-message-id': '14c5d75ce93.dfd.64b469' }],
  [/^\/v3\/[^/]+\/messages$/, 200, '{"id":"<20261121.1@acme.example>","message":"Queued. Thank you."}'],
  [/\/Messages\.json$/, 201, `{"sid":"SM${'a'.repeat(32)}","status":"queued","num_segments":"1","price":null}`],
  [
    '/sms/json',
    200,
    '{"message-count":"1","messages":[{"to":"14155552671","message-id":"0C000000217B7F02","status":"0","remaining-balance":"15.5","message-price":"0.03330000","network":"23410"}]}',
  ],
  ['/v2/email/outbound-emails', 200, '{"MessageId":"0100019a-0000"}'],
  [
    /^\/bot[^/]+\/sendMessage$/,
    200,
    '{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":4711,"type":"private"},"text":"Hello Ada"}}',
  ],
  [
    /^\/v\d+\.\d+\/\d+\/messages$/,
    200,
    '{"messaging_product":"whatsapp","contacts":[{"input":"14155552671","wa_id":"14155552671"}],"messages":[{"id":"wamid.1"}]}',
  ],
  [
    '/',
    200,
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>94f20ce6-13c5-43a0-9a9e-ca52d816e90b</MessageId></PublishResult><ResponseMetadata><RequestId>f187a3c1</RequestId></ResponseMetadata></PublishResponse>',
    { 'content-type': 'text/xml' },
  ],
];

let connections = 0;

const server = createServer((request, response) => {
  if (request.url === '/connections') return void response.end(String(connections));
  const path = request.url.split('?')[0];
  const [, status, body, headers] = ANSWERS.find(([each]) =>
    typeof each === 'string' ? each === path : each.test(path),
  ) ?? [path, 404, ''];
  request.resume();
  request.once('end', () => {
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers, 'content-length': Buffer.byteLength(body) })
      .end(body);
  });
});
server.on('connection', () => connections++);
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
