import { Injectable } from '@nestjs/common';
import { ChannelAccounts, type OpenChannel } from '../../channels/channel-accounts';
import { readAddress } from '../../contacts/contact-addresses';
import { assertChannelType, type Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { TenantDb } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Content } from '../../providers/provider';
import { PageLinks } from '../../preferences/page/page-links';
import { refusalsOf } from '../../providers/registry';
import { TemplatesService } from '../../templates/templates.service';
import { contactValues } from '../../templates/contact-values';
import type { OwnValues } from '../../templates/own-values';
import { lastHeard, replyWindowOf } from '../reply-window';
import { checkTracking } from '../tracking/check-tracking';
import type { NewMessage } from './accept.queries';
import { checkAttachments } from './attachment.queries';
import { composeFromContent, composeFromTemplate, usesTemplate, type Composed } from './compose';
import type { SendMessageDto } from './message.dto';
import { addressOfContact, holderOf } from './recipient.queries';
import { checkTiming, type Timing } from './timing';

/** A message with everything decided that can be decided before it is stored. */
export interface PreparedMessage {
  row: NewMessage;
  open: OpenChannel;
  /** What the provider is to be given. */
  content: Content;
}

/** From a request to a message: channel, recipient, words, files, times. Stores nothing. */
@Injectable()
export class MessagePreparation {
  constructor(
    private readonly db: TenantDb,
    private readonly accounts: ChannelAccounts,
    private readonly templates: TemplatesService,
    private readonly links: PageLinks,
  ) {}

  /**
   * Throws Problem 404 for a channel, contact, template or file that is not the caller's, 409 for a channel that is off and
   * for a reply window that is closed, 422 naming every field that is wrong.
   * @param options.id of a message that is there already. @param options.isTrial it is only looked whether it could go.
   */
  async prepare(
    caller: Caller,
    input: SendMessageDto,
    { id = uuidv7(), isTrial = false }: { id?: string; isTrial?: boolean } = {},
  ): Promise<PreparedMessage> {
    const timing = checkTiming(input);
    const open = await this.channelOf(caller, input);
    const { address: to, language } = await this.recipient(caller, input, open);
    const composed = await this.compose(caller, input, { id, open, to, language: input.language ?? language });
    const { channelType, settings } = open.account;
    checkTracking(input.tracking, channelType, composed.content);
    const refusals = refusalsOf(open.provider, { ...composed, channelType, settings, to });
    if (refusals.length) throw Problem.invalidFields(refusals);
    const content = await this.withAttachments(caller, input, open, composed.content);
    if (timing.scheduledAt === null && !isTrial)
      await this.checkReplyWindow(caller, { open, to, content: composed.content });
    return { row: newMessage({ id, input, open, to, composed, content, timing }), open, content: composed.content };
  }

  /** The channel that a message names. Throws Problem 403 for a channel type on which the caller may not send, 404, 409, 422. */
  async channelOf(caller: Caller, { channelId, channelType }: SendMessageDto): Promise<OpenChannel> {
    if (channelType) assertChannelType(caller, channelType);
    if ((channelId === undefined) === (channelType === undefined))
      throw Problem.invalidField('/channelId', 'either channelId or channelType is needed, and not both');
    const open = channelId
      ? await this.accounts.find(caller.tenantId, channelId)
      : channelType && (await this.accounts.findDefault(caller.tenantId, channelType));
    if (!open && channelType)
      throw Problem.invalidField('/channelType', `there is no default channel for ${channelType}`);
    if (!open) throw Problem.notFound('channel');
    // The group commit is everybody's: no policy holds it to the channel types of this caller.
    assertChannelType(caller, open.account.channelType);
    if (open.channel.status !== 'ACTIVE')
      throw Problem.conflict('channel_inactive', `The channel is ${open.channel.status.toLowerCase()}.`);
    return open;
  }

  private async recipient(
    caller: Caller,
    { to, contactId }: SendMessageDto,
    { account }: OpenChannel,
  ): Promise<{ address: string; language?: string | null }> {
    if ((to === undefined) === (contactId === undefined))
      throw Problem.invalidField('/to', 'either to or contactId is needed, and not both');
    if (to === undefined) {
      const contact = await this.db.run(caller.tenantId, (tx) =>
        addressOfContact(tx, contactId ?? '', account.channelType),
      );
      if (!contact) throw Problem.invalidField('/contactId', `the contact has no address for ${account.channelType}`);
      return contact;
    }
    return { address: readAddress('/to', account.channelType, to) };
  }

  /** The language of a contact counts where a template is chosen by it, and nothing else was said. */
  private async compose(
    { tenantId }: Caller,
    input: SendMessageDto,
    message: { id: string; open: OpenChannel; to: string; language?: string | null | undefined },
  ): Promise<Composed> {
    if (!usesTemplate(input)) return composeFromContent(input);
    const { channelType } = message.open.account;
    const rendered = await this.templates.compose(
      tenantId,
      {
        channelType,
        ...(input.templateId && { templateId: input.templateId }),
        ...(input.templateName && { templateName: input.templateName }),
        ...(message.language && { language: message.language }),
      },
      input.variables ?? {},
      this.ownValues(tenantId, input, message),
    );
    return composeFromTemplate(input, rendered);
  }

  /** What a template may use without being given it: what is known of the recipient, and the way out. */
  private ownValues(
    tenantId: string,
    { topic }: SendMessageDto,
    { id, open, to: address }: { id: string; open: OpenChannel; to: string },
  ): OwnValues {
    const { channelType } = open.account;
    const links = () => this.links.linksOf({ tenantId, channelType, address, messageId: id, topic: topic ?? null });
    return {
      contact: () => this.db.run(tenantId, async (tx) => contactValues(await holderOf(tx, { channelType, address }))),
      unsubscribe_url: () => links().unsubscribeUrl,
      preferences_url: () => links().preferencesUrl,
    };
  }

  /** The dispatch asks again; here the caller can still choose a template. Throws Problem 409. */
  private async checkReplyWindow(
    caller: Caller,
    { open, to, content }: { open: OpenChannel; to: string; content: Content },
  ): Promise<void> {
    const windowMs = replyWindowOf({ content }, open);
    if (windowMs === undefined) return;
    const heard = await this.db.run(caller.tenantId, (tx) =>
      lastHeard(tx, { channelId: open.channel.id, address: to }),
    );
    if (heard && heard.getTime() > Date.now() - windowMs) return;
    const last = heard ? `the last message came at ${heard.toISOString()}` : 'none has come';
    throw Problem.conflict(
      'reply_window_closed',
      `Free messages may follow for ${windowMs / 3_600_000} hours after a message of the person, and ${last}. Send a template that the provider keeps (templateId).`,
    );
  }

  private async withAttachments(
    caller: Caller,
    input: SendMessageDto,
    open: OpenChannel,
    content: Content,
  ): Promise<object> {
    const ids = input.attachments?.map(({ attachmentId }) => attachmentId);
    if (!ids?.length) return content;
    const capabilities = open.provider.channels[open.account.channelType];
    if (!capabilities?.attachments)
      throw Problem.invalidField(
        '/attachments',
        `${open.provider.label} sends no files on ${open.account.channelType}`,
      );
    await this.db.run(caller.tenantId, (tx) => checkAttachments(tx, ids, capabilities.maxAttachmentBytes));
    return { ...content, attachmentIds: ids };
  }
}

function newMessage({
  id,
  input,
  open: { channel, provider, account },
  to,
  composed,
  content,
  timing,
}: {
  id: string;
  input: SendMessageDto;
  open: OpenChannel;
  to: string;
  composed: Composed;
  content: object;
  timing: Timing;
}): NewMessage {
  const lane = input.lane ?? 'transactional';
  return {
    id,
    proposedContactId: uuidv7(),
    proposedSessionId: uuidv7(),
    channelId: channel.id,
    channelType: account.channelType,
    providerType: provider.type,
    from: account.from,
    to,
    lane,
    purpose: input.purpose ?? 'TRANSACTIONAL',
    topic: input.topic ?? null,
    messageType: composed.messageType,
    content,
    templateId: composed.templateId,
    templateVersion: composed.templateVersion,
    delivery: input.delivery ?? 'at_least_once',
    // A mailbox sorts for itself and a bulk send has no dialogue; in a chat the order is the meaning.
    ordered: account.channelType !== 'EMAIL' && lane !== 'bulk',
    ...timing,
    clientReference: input.clientReference ?? null,
    trackClicks: input.tracking?.clicks,
    trackOpens: input.tracking?.opens,
    metadata: input.metadata ?? {},
  };
}
