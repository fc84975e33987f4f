import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { usesMessagesApi, type VonageCredentials } from './credentials';
import { sendByMessagesApi } from './messages-api';
import { sendBySmsApi } from './sms-api';

export function send(
  message: OutboundMessage,
  account: Account<VonageCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  return usesMessagesApi(account) ? sendByMessagesApi(message, account, io) : sendBySmsApi(message, account, io);
}
