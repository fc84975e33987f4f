// A provider that answers at once: Twilio's and SendGrid's endpoints for sending, on one port.
import { createServer } from 'node:http';

let calls = 0;

const server = createServer((request, response) => {
  const number = (++calls).toString(16).padStart(32, '0');
  const isMail = request.url === '/v3/mail/send';
  request.resume();
  request.once('end', () => {
    if (isMail) response.writeHead(202, { 'x-message-id': number, 'content-length': 0 }).end();
    else answerAsTwilio(response, `{"sid":"SM${number}","status":"queued","num_segments":"1","price":null}`);
  });
});
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));

function answerAsTwilio(response, body) {
  response.writeHead(201, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}
