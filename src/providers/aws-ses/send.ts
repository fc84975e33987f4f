import { SendEmailCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import type { AwsCredentials } from '../aws-account';
import { AwsCall } from '../aws-call';
import { resultOfCall } from '../aws-errors';
import type { Account, OutboundMessage, ProviderIo, SendResult } from '../provider';
import { ERRORS } from './errors';
import { mailOf } from './mail';

/** SendEmail; SES knows no idempotency, so a second one would be a second mail. */
export async function send(
  message: OutboundMessage,
  account: Account<AwsCredentials>,
  io: ProviderIo,
): Promise<SendResult> {
  const call = new AwsCall(account, io);
  const made = await call.make(() =>
    new SESv2Client(call.config()).send(new SendEmailCommand(mailOf(message, account))),
  );
  return resultOfCall(made, { account, errors: ERRORS, now: io.now() }, ({ MessageId: id }): SendResult | undefined =>
    id ? { outcome: 'ACCEPTED', providerMessageId: id } : undefined,
  );
}
