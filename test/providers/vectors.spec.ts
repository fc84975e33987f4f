import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultClass, WebhookRequest } from '../../src/providers/provider';
import { sendgrid } from '../../src/providers/sendgrid';
import {
  BOUNCE_CLASSES,
  DROPPED_CLASSES,
  STATUS_CLASSES as SENDGRID_STATUSES,
} from '../../src/providers/sendgrid/errors';
import { countSmsParts } from '../../src/providers/sms-parts';
import { twilio } from '../../src/providers/twilio';
import { CODE_CLASSES, STATUS_CLASSES as TWILIO_STATUSES } from '../../src/providers/twilio/errors';
import { signTwilio } from '../support/sign';
import { accountOf } from './accounts';
import { recorder } from './recorder';

function read(file: string) {
  return JSON.parse(readFileSync(join(__dirname, 'vectors', file), 'utf8'));
}

function request(parts: Partial<WebhookRequest>): WebhookRequest {
  const url = parts.url ?? 'https://hooks.acme.example/x';
  const query = Object.fromEntries(new URL(url).searchParams);
  return { method: 'POST', url, headers: {}, query, rawBody: Buffer.alloc(0), receivedAt: new Date(0), ...parts };
}

describe("SendGrid's published signatures", () => {
  const { vectors, invalidSignature, wrongKey } = read('sendgrid-signatures.json');
  type Vector = { publicKey: string; signature: string; timestamp: string; rawBody: string };

  function verify({ publicKey, signature, timestamp, rawBody }: Vector) {
    const account = { ...accountOf('sendgrid', 'EMAIL'), credentials: { apiKey: 'SG.x', webhookPublicKey: publicKey } };
    const headers = {
      'x-twilio-email-event-webhook-signature': signature,
      'x-twilio-email-event-webhook-timestamp': timestamp,
    };
    const { io } = recorder(new Date(Number(timestamp) * 1000), () => ({ kind: 'NOT_SENT', code: '', message: '' }));
    return sendgrid.webhook?.verify(request({ headers, rawBody: Buffer.from(rawBody) }), account, io);
  }

  it.each(vectors as Vector[])('are believed, with their bytes as they are: $timestamp', (vector) => {
    expect(verify(vector)).toBe(true);
    expect(verify({ ...vector, rawBody: JSON.stringify(JSON.parse(vector.rawBody)) })).toBe(false);
    expect(verify({ ...vector, rawBody: vector.rawBody.replace('hello', 'hallo').replace('invalid', 'Invalid') })).toBe(
      false,
    );
    expect(verify({ ...vector, signature: invalidSignature })).toBe(false);
    expect(verify({ ...vector, publicKey: wrongKey })).toBe(false);
    expect(verify({ ...vector, publicKey: 'not a key' })).toBe(false);
  });
});

describe("Twilio's published signatures", () => {
  const { authToken, form, json, invalid } = read('twilio-signatures.json');
  type Vector = { name?: string; url: string; params: Record<string, string | string[]>; signature: string };

  function verify(url: string, rawBody: string, signature: string) {
    const account = { ...accountOf('twilio', 'SMS'), credentials: { accountSid: 'AC', authToken } };
    const { io } = recorder(new Date(0), () => ({ kind: 'NOT_SENT', code: '', message: '' }));
    return twilio.webhook?.verify(
      request({ url, rawBody: Buffer.from(rawBody), headers: { 'x-twilio-signature': signature } }),
      account,
      io,
    );
  }

  const bodyOf = (params: Vector['params']) =>
    new URLSearchParams(
      Object.entries(params).flatMap(([name, value]) => [value].flat().map((each): [string, string] => [name, each])),
    ).toString();

  it.each(form as Vector[])('are believed: $name', ({ url, params, signature }) => {
    expect(verify(url, bodyOf(params), signature)).toBe(true);
    expect(verify(url, `${bodyOf(params)}&Extra=1`, signature)).toBe(false);
    expect(verify(`${url}&extra=1`, bodyOf(params), signature)).toBe(false);
  });

  it.each(json as { url: string; body: string; signature: string }[])(
    'are believed for JSON: $url',
    ({ url, body, signature }) => {
      expect(verify(url, body, signature)).toBe(true);
      expect(verify(url, `${body} `, signature)).toBe(false);
    },
  );

  it.each(invalid as Vector[])('are not believed when they are wrong: $signature', ({ url, params, signature }) => {
    expect(verify(url, bodyOf(params), signature)).toBe(false);
  });

  it('agree with the signatures that the tests make', () => {
    const { url, params, signature } = form.find(({ name }: Vector) => name === 'duplicates are removed');
    expect(signTwilio(authToken, url, params)).toBe(signature);
  });
});

describe('the classes of errors', () => {
  const { providers } = read('error-classes.json');
  const firstWord = (value: string) => value.split(' ')[0];

  it.each(Object.entries(providers.twilio.codes as Record<string, [FaultClass, string]>))(
    'Twilio %s',
    (code, [faultClass]) => {
      expect(CODE_CLASSES[code]).toBe(faultClass);
    },
  );

  it('of Twilio hold no code that is not in the list', () => {
    expect(Object.keys(CODE_CLASSES).sort()).toEqual(Object.keys(providers.twilio.codes).sort());
  });

  it.each(Object.entries(providers.twilio.http as Record<string, string>))('Twilio HTTP %s: %s', (status, text) => {
    // 400 is decided by the code; without a known one the message has failed and the address is kept.
    expect(TWILIO_STATUSES[Number(status)]).toBe(text === 'by code' ? 'unreachable' : firstWord(text));
  });

  it.each(Object.entries(providers.sendgrid.http as Record<string, string>).filter(([status]) => status !== '202'))(
    'SendGrid HTTP %s: %s',
    (status, text) => {
      expect(text.split(' ')[0]?.split('/')).toContain(SENDGRID_STATUSES[Number(status)]);
    },
  );

  it.each(Object.entries(providers.sendgrid.dropped as Record<string, string>))(
    'SendGrid dropped: %s',
    (reason, faultClass) => {
      expect(DROPPED_CLASSES[reason]).toBe(faultClass);
    },
  );

  it.each(Object.entries(providers.sendgrid.bounceTypeField as Record<string, string>))(
    'SendGrid bounce type %s',
    (type, text) => {
      expect(BOUNCE_CLASSES[type]).toBe(firstWord(text));
    },
  );
});

describe('the parts of an SMS', () => {
  it.each(
    (read('sms-parts.json').vectors as { name: string; text: string; segments: number }[]).map(
      ({ name, text, segments }) => [name, segments, text] as const,
    ),
  )('of %s are %i', (_name, parts, text) => {
    expect(countSmsParts(text)).toBe(parts);
  });
});
