import type { ChannelType, WebhookRequest } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { webhookFixtures } from './fixtures';
import { accountOf } from './kits';

function requestOf(type: string, name: string): WebhookRequest {
  const fixture = webhookFixtures(type).find((each) => each.name === name);
  if (!fixture) throw new Error(name);
  return fixture.input.request;
}

it('names of a Twilio request the account that its credentials name', () => {
  const webhook = findProvider('twilio')?.webhook;
  const { credentials } = accountOf('twilio', 'SMS' as ChannelType);
  expect(webhook?.accountKey?.(requestOf('twilio', 'status-queued'))).toBe(credentials['accountSid']);
  expect(webhook?.accountKeyOf?.(credentials)).toBe(credentials['accountSid']);
});

it('names of a SendGrid batch the channel that an event echoes', () => {
  const webhook = findProvider('sendgrid')?.webhook;
  const { channelId } = accountOf('sendgrid', 'EMAIL');
  expect(webhook?.accountKey?.(requestOf('sendgrid', 'documented-batch'))).toBe(`channel:${channelId}`);
  expect(webhook?.accountKey?.(requestOf('sendgrid', 'bad-elements'))).toBe(`channel:${channelId}`);
  expect(webhook?.accountKeyOf).toBeUndefined();
});

it('names nothing where nothing is named', () => {
  expect(findProvider('sendgrid')?.webhook?.accountKey?.(requestOf('sendgrid', 'documented-singles'))).toBeUndefined();
  expect(findProvider('sendgrid')?.webhook?.accountKey?.(requestOf('sendgrid', 'inbound'))).toBeUndefined();
  expect(findProvider('sandbox')?.webhook?.accountKey).toBeUndefined();
});

it('answers Twilio with an empty TwiML, for any text would be sent to the person', () => {
  expect(findProvider('twilio')?.webhook?.reply).toEqual({ status: 200, contentType: 'text/xml', body: '<Response/>' });
});
