// SendGrid's and Mailgun's endpoints for sending, on one port: takes every call after DELAY_MS, whatever is in it.
import { createServer } from 'node:http';

const delayMs = Number(process.env.DELAY_MS);
let calls = 0;

const server = createServer((request, response) => {
  if (request.url === '/calls') return void response.end(String(calls));
  const number = (++calls).toString(16).padStart(32, '0');
  const answer = request.url === '/v3/mail/send' ? asSendgrid : asMailgun;
  request.resume();
  request.once('end', () => {
    if (delayMs === 0) answer(response, number);
    else setTimeout(answer, delayMs, response, number);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));

function asSendgrid(response, number) {
  response.writeHead(202, { 'x-message-id': number, 'content-length': 0 }).end();
}

function asMailgun(response, number) {
  const body = `{"id":"<${number}@acme.example>","message":"Queued. Thank you."}`;
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}
