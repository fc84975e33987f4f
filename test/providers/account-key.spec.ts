import type { ChannelType, WebhookRequest } from '../../src/providers/provider';
import { findProvider } from '../../src/providers/registry';
import { webhookFixtures } from './fixtures';
import { accountOf } from './accounts';

function requestOf(type: string, name: string): WebhookRequest {
  const fixture = webhookFixtures(type).find((each) => each.name === name);
  if (!fixture) throw new Error(name);
  return fixture.input.request;
}

it('names of a Twilio request the account that its credentials name', () => {
  const webhook = findProvider('twilio')?.webhook;
  const { credentials } = accountOf('twilio', 'SMS' as ChannelType);
  expect(webhook?.accountKeys?.(requestOf('twilio', 'status-queued'))).toEqual([credentials['accountSid']]);
  expect(webhook?.accountKeyOf?.(credentials)).toBe(credentials['accountSid']);
});

it('names of a SendGrid batch the channel that an event echoes', () => {
  const webhook = findProvider('sendgrid')?.webhook;
  const { channelId } = accountOf('sendgrid', 'EMAIL');
  expect(webhook?.accountKeys?.(requestOf('sendgrid', 'documented-batch'))).toEqual([`channel:${channelId}`]);
  expect(webhook?.accountKeys?.(requestOf('sendgrid', 'bad-elements'))).toEqual([`channel:${channelId}`]);
  expect(webhook?.accountKeyOf).toBeUndefined();
});

it('names nothing where nothing is named', () => {
  expect(findProvider('sendgrid')?.webhook?.accountKeys?.(requestOf('sendgrid', 'documented-singles'))).toEqual([]);
  expect(findProvider('sendgrid')?.webhook?.accountKeys?.(requestOf('sendgrid', 'inbound'))).toEqual([]);
  expect(findProvider('sandbox')?.webhook?.accountKeys).toBeUndefined();
});

it('answers Twilio with an empty TwiML, for any text would be sent to the person', () => {
  expect(findProvider('twilio')?.webhook?.reply).toEqual({ status: 200, contentType: 'text/xml', body: '<Response/>' });
});
