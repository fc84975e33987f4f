import { SendBulkEmailCommand, SESv2Client, type BulkEmailEntryResult } from '@aws-sdk/client-sesv2';
import type { AwsCredentials } from '../aws-account';
import { AwsCall } from '../aws-call';
import { resultOfCall } from '../aws-errors';
import { resultsOfCall } from '../batch-calls';
import { resultOf, safeMessage, unreadableAnswer } from '../faults';
import type { Account, OutboundMessage, ProviderBatch, SendResult } from '../provider';
import { ENTRY_CLASSES, ERRORS } from './errors';
import { bulkOf } from './mail';

/**
 * SendBulkEmail: mails that one template of SES makes, each with variables of its own. Attachments are left to single
 * calls: 50 mails share the size limit of one request.
 */
export const batch: ProviderBatch<AwsCredentials> = {
  max: 50,

  groupOf: (message) => (isBulk(message) ? message.content.template?.name : undefined),

  async send(messages, account, io) {
    const template = messages[0]?.content.template;
    if (!template) return [];
    const call = new AwsCall(account, io);
    const made = await call.make(() =>
      new SESv2Client(call.config()).send(new SendBulkEmailCommand(bulkOf(messages, template, account))),
    );
    const result = resultOfCall(
      made,
      { account, errors: ERRORS, now: io.now() },
      (output) => output.BulkEmailEntryResults,
    );
    // The one thing that all of them share is the template.
    if ('outcome' in result && 'fault' in result && result.fault.class === 'template')
      return messages.map(() => result);
    if (!Array.isArray(result)) return resultsOfCall(result, messages);
    // Results are told apart by their place alone, so of another number none can be believed.
    const isWhole = result.length === messages.length;
    return messages.map(
      (_message, index) => (isWhole && resultOfEntry(result[index], account)) || unreadableAnswer(200),
    );
  },
};

function isBulk({ messageType, content }: OutboundMessage): boolean {
  return messageType === 'TEMPLATE' && content.template !== undefined && !content.attachments?.length;
}

/** Undefined for what SES does not document. */
function resultOfEntry(
  entry: BulkEmailEntryResult | undefined,
  account: Pick<Account<AwsCredentials>, 'credentials'>,
): SendResult | undefined {
  const { Status: status = '', MessageId: id, Error: error } = entry ?? {};
  if (status === 'SUCCESS') return id ? { outcome: 'ACCEPTED', providerMessageId: id } : undefined;
  const faultClass = Object.hasOwn(ENTRY_CLASSES, status) ? ENTRY_CLASSES[status] : undefined;
  if (!faultClass) return undefined;
  return resultOf({ class: faultClass, code: status, message: safeMessage(error ?? `SES says ${status}.`, account) });
}
