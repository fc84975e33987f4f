// The limit: no queue at all. Calls out of a list in memory, marks of 200 messages at a time.
import { AT_ONCE, begin, call, finish, loadMessages, mark } from './work.mjs';

const messages = await loadMessages();
const waiting = [];
const writes = [];
let next = 0;

await begin();
await Promise.all(Array.from({ length: AT_ONCE }, run));
if (waiting.length > 0) writes.push(mark(waiting));
await Promise.all(writes);
finish();

async function run() {
  while (next < messages.length) {
    const message = messages[next++];
    waiting.push({ id: message.id, sid: await call(message) });
    if (waiting.length >= 200) writes.push(mark(waiting.splice(0)));
  }
}
