// A second opinion on our requests: apprise (Debian's package) writes the same message to the same provider, and recipient,
// sender and text must be the same on the wire. Needs the built application; says so and ends well where apprise is missing.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const { findProvider, usualBaseUrl } = require('../../../dist/src/providers/registry.js');
const { parameterOf, splitParts, readPart, decodedBody } = require('../../../dist/src/providers/mime.js');

/** Debian's modules are seen by Debian's Python only. */
const PYTHON = '/usr/bin/python3';
const TEXT = 'Hello Ada';
const KEY = 'AKIAABCDEFGHIJKLMNOP';
const SECRET = 'abcdefghijklmnopqrstuvwxyz0123456789ABCD';
const SID = `AC${'0'.repeat(31)}1`;
const TOKEN = 'abcdef'.repeat(6).slice(4);
const BOT = `123456789:${'abcdefghijklmnopqrstuvwxyz012345678'}`;

/** The same message and account, for them and for us, and where either request says who, from whom and what. */
const CASES = {
  sendgrid: {
    url: 'sendgrid://SG.abcdefghijklmnop.qrstuvwxyz:hello@acme.example/ada@example.com',
    ...mail({ apiKey: 'SG.abcdefghijklmnop.qrstuvwxyz' }),
    read: ({ json }) => [json.personalizations[0].to[0].email, json.from.email, json.content[0].value],
  },
  mailgun: {
    url: `mailgun://hello@acme.example/key-${'0'.repeat(32)}/ada@example.com?format=text`,
    ...mail({
      apiKey: `key-${'0'.repeat(32)}`,
      domain: 'acme.example',
      webhookSigningKey: '0'.repeat(32),
      region: 'US',
    }),
    read: ({ form }) => [form.to, addressIn(form.from), form.text],
  },
  'aws-ses': {
    url: `ses://hello@acme.example/${KEY}/${SECRET}/us-east-1/ada@example.com?format=text`,
    ...mail({ accessKeyId: KEY, secretAccessKey: SECRET, region: 'us-east-1' }),
    read: ({ json, form }) =>
      json
        ? [json.Destination.ToAddresses[0], addressIn(json.FromEmailAddress), json.Content.Simple.Body.Text.Data]
        : [form['Destinations.member.1'], addressIn(form.Source), textOfMail(form['RawMessage.Data'])],
  },
  twilio: {
    url: `twilio://${SID}:${TOKEN}@+15005550006/+14155552671`,
    ...sms({ accountSid: SID, authToken: TOKEN }),
    read: ({ form }) => [form.To, form.From, form.Body],
  },
  vonage: {
    url: 'vonage://abcdef01:0123456789abcdef@15005550006/14155552671',
    ...sms({ apiKey: 'abcdef01', apiSecret: '0123456789abcdef' }),
    read: ({ json, form }) => [(json ?? form).to, (json ?? form).from, (json ?? form).text],
  },
  'aws-sns': {
    url: `sns://${KEY}/${SECRET}/us-east-1/+14155552671`,
    ...sms({ accessKeyId: KEY, secretAccessKey: SECRET, region: 'us-east-1' }),
    // The sender is the account's own; apprise names none.
    read: ({ form }) => [form.PhoneNumber, form.Action, form.Message],
  },
  telegram: {
    url: `tgram://${BOT}/4711?format=text`,
    channelType: 'TELEGRAM',
    to: '4711',
    from: '@acme_bot',
    credentials: { botToken: BOT },
    // The bot that speaks is the one in the address.
    read: ({ json, url }) => [String(json.chat_id), new URL(url).pathname, json.text],
  },
};

const theirs = askApprise();
if (theirs) await compare(theirs);

async function compare(wires) {
  let different = 0;
  for (const [type, wanted] of Object.entries(CASES)) {
    const [theirWire] = wires[type] ?? [];
    const expected = theirWire && wanted.read(parsed(theirWire));
    const actual = wanted.read(parsed(await ourWire(type, wanted)));
    const same = expected !== undefined && JSON.stringify(expected) === JSON.stringify(actual);
    if (!same) different++;
    console.log(`${same ? 'same     ' : 'DIFFERENT'} ${type}: ${actual.join(' | ')}`);
    if (!same) console.log(`          apprise: ${expected?.join(' | ') ?? 'sent nothing'}`);
  }
  console.log(
    `${Object.keys(CASES).length - different} of ${Object.keys(CASES).length} requests say the same as apprise's`,
  );
  if (different) process.exit(1);
}

function askApprise() {
  const there = spawnSync(PYTHON, ['-c', 'import apprise']);
  if (there.status !== 0) {
    console.log('NOTICE: apprise is not installed (apt-get install apprise); our requests were not cross-checked');
    return undefined;
  }
  const input = Object.entries(CASES).map(([name, { url, subject }]) => ({
    name,
    url,
    title: subject ?? '',
    body: TEXT,
  }));
  const script = fileURLToPath(new URL('wire.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync(PYTHON, [script], { input: JSON.stringify(input), encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** What our provider gives to the network; nothing leaves. */
async function ourWire(type, { channelType, to, from, subject, credentials }) {
  const provider = findProvider(type);
  if (!provider) throw new Error(`There is no provider ${type}`);
  const account = { tenantId: 't', channelId: 'c', channelType, from, credentials, settings: {}, webhookSecret: 's' };
  const wires = [];
  const http = (request) => {
    wires.push(request);
    return Promise.resolve({ kind: 'NOT_SENT', code: 'kept', message: 'Nothing leaves here.' });
  };
  await provider.send(
    {
      messageId: '01900000-0000-7000-8000-000000000001',
      ref: '01900000-0000-7000-8000-000000000001.1',
      channelType,
      messageType: 'TEXT',
      to,
      content: { text: TEXT, ...(subject && { subject }) },
      purpose: 'TRANSACTIONAL',
    },
    { ...account, baseUrl: usualBaseUrl(provider, account) },
    { http, now: () => new Date() },
  );
  if (wires.length !== 1) throw new Error(`${type} made ${wires.length} requests`);
  return wires[0];
}

/** Either request with its body read: JSON, or the fields of a form. */
function parsed({ url, headers, body }) {
  const bytes = Buffer.from(body ?? '');
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
  const boundary = parameterOf(type, 'boundary');
  if (boundary !== undefined) return { url, form: Object.fromEntries(splitParts(bytes, boundary).map(fieldOf)) };
  if (bytes.toString().startsWith('{')) return { url, json: JSON.parse(bytes.toString()) };
  return { url, form: Object.fromEntries(new URLSearchParams(bytes.toString())) };
}

function fieldOf({ headers, body }) {
  return [parameterOf(headers['content-disposition'] ?? '', 'name'), body.toString()];
}

function textOfMail(base64) {
  const lines = Buffer.from(base64, 'base64').toString().replaceAll('\n', '\r\n');
  return decodedBody(readPart(Buffer.from(lines))).toString();
}

function addressIn(mailbox) {
  return /<([^>]+)>/.exec(mailbox)?.[1] ?? mailbox;
}

function mail(credentials) {
  return {
    channelType: 'EMAIL',
    to: 'ada@example.com',
    from: 'hello@acme.example',
    subject: 'Hello',
    credentials,
  };
}

function sms(credentials) {
  return { channelType: 'SMS', to: '+14155552671', from: '+15005550006', credentials };
}
