import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ChannelAccounts } from '../../channels/channel-accounts';
import { ContactsService } from '../../contacts/contacts.service';
import { actorOf, audit } from '../../permissions/audit';
import { TenantDb, type Tx } from '../../platform/db/tenant-db';
import { uuidv7 } from '../../platform/db/uuid';
import type { Caller } from '../../platform/http/caller';
import { Problem } from '../../platform/http/problem';
import { appendConsent } from '../../preferences/consent.queries';
import { CONFIRM_DAYS, PageLinks } from '../../preferences/page/page-links';
import { readPageFacts } from '../../preferences/page/page.queries';
import { titleOf, type PageFacts } from '../../preferences/page/page-state';
import { SAID_BY_PERSON } from '../../preferences/reasons';
import type { ChannelType } from '../../providers/provider';
import { tenantLanguage } from '../../templates/template.queries';
import type { SendMessageDto } from '../accept/message.dto';
import { MessagesService } from '../accept/messages.service';
import type { OptInRequestResponse, RequestOptInDto } from './opt-in.dto';
import { optInMessage } from './opt-in-message';
import { lastRequest, type LateRequest, type OptInQuestion } from './opt-in.queries';

/** The person who is asked, and what is known of it. */
interface Asked {
  question: OptInQuestion;
  /** Name of the contact, or nothing. */
  name: string;
  language: string;
  sender: string;
  /** Title of the topic; null: advertising altogether. */
  title: string | null;
  last: LateRequest | undefined;
}

/** The first half of double opt-in: the person is asked, by a message that only the holder of the address gets. */
@Injectable()
export class OptInService {
  constructor(
    private readonly db: TenantDb,
    private readonly contacts: ContactsService,
    private readonly accounts: ChannelAccounts,
    private readonly links: PageLinks,
    private readonly messages: MessagesService,
  ) {}

  /**
   * Sends the question. Throws Problem 404 for no such contact or channel, 422 for a contact without an address there and for a
   * template that does not fit, 409 where the person was asked less than a day ago.
   */
  async request(
    caller: Caller,
    ref: string,
    input: RequestOptInDto,
    key: string | null,
  ): Promise<OptInRequestResponse> {
    await this.checkChannel(caller, input);
    const asked = await this.db.run(caller.tenantId, (tx) => this.asked(tx, ref, input));
    const { question, last } = asked;
    if (last?.isToday && key !== null && last.key === key) return answerOf(question, last);
    if (last?.isToday) throw askedToday();
    const request = { requestId: uuidv7(), at: new Date() };
    const messageId = await this.send(caller, input, asked, request);
    await this.db.run(caller.tenantId, async (tx) => {
      await appendConsent(tx, {
        ...{ ...question, requestId: request.requestId, messageId, actor: actorOf(caller), source: 'api' },
        ...{ action: 'OPT_IN_REQUESTED', purpose: question.topic === null ? 'MARKETING' : 'ALL' },
        detail: key === null ? null : { key },
      });
      const { channelType, topic } = question;
      await audit(tx, caller, 'opt-in.requested', 'message', messageId, { channelType, topic });
    });
    return answerOf(question, { ...request, messageId });
  }

  private async checkChannel(caller: Caller, { channelId, channelType }: RequestOptInDto): Promise<void> {
    if (channelId == null) return;
    const open = await this.accounts.find(caller.tenantId, channelId);
    if (!open) throw Problem.notFound('channel');
    if (open.account.channelType !== channelType)
      throw Problem.invalidField('/channelId', `is a channel for ${open.account.channelType}, not for ${channelType}`);
  }

  private async asked(tx: Tx, ref: string, { channelType, topic = null }: RequestOptInDto): Promise<Asked> {
    const contact = await this.contacts.row(tx, ref);
    const address = contact.identities.find((held) => held.channelType === channelType)?.address;
    if (!address) throw Problem.invalidField('/channelType', `the contact has no address for ${channelType}`);
    const question = { channelType, address, topic };
    const facts = await readPageFacts(tx, question);
    if (!facts) throw Problem.notFound('contact');
    checkMayBeAsked(channelType, facts);
    return {
      question,
      name: contact.name ?? '',
      language: contact.language ?? (await tenantLanguage(tx)),
      sender: facts.sender,
      title: topic === null ? null : (facts.topics.find(({ name }) => name === topic)?.title ?? titleOf(topic)),
      last: await lastRequest(tx, question),
    };
  }

  /** The message, under a key made of the request before: of two requests at the same moment one gets through. */
  private async send(
    caller: Caller,
    input: RequestOptInDto,
    { question, name, language, sender, title, last }: Asked,
    { requestId, at }: { requestId: string; at: Date },
  ): Promise<string> {
    const expiresAt = expiryOf(at);
    const url = this.links.confirmUrl({ tenantId: caller.tenantId, ...question, requestId, expiresAt });
    const message: SendMessageDto = {
      to: question.address,
      expiresAt: expiresAt.toISOString(),
      ...(input.channelId == null ? { channelType: question.channelType } : { channelId: input.channelId }),
      ...(input.templateId == null
        ? { content: optInMessage(question.channelType, language, { sender, topic: title, url }) }
        : {
            templateId: input.templateId,
            language,
            variables: { confirm_url: url, topic: title ?? '', sender, name },
          }),
    };
    const once = createHash('sha256')
      .update(JSON.stringify([question, last?.requestId]))
      .digest('hex');
    const sent = await this.messages
      .send(caller, message, { route: 'opt-in', key: once, fingerprint: once })
      .catch((error: unknown) => {
        throw error instanceof Problem && error.code === 'idempotency_in_progress' ? askedToday() : error;
      });
    if ('before' in sent) throw askedToday();
    return sent.fresh.id;
  }
}

/** Where nothing may go, no question may go either. Throws Problem 409. */
function checkMayBeAsked(channelType: ChannelType, { suppressions, preferences }: PageFacts): void {
  const all = suppressions.filter(({ purpose }) => purpose === 'ALL');
  if (all.some(({ reason }) => SAID_BY_PERSON.includes(reason)))
    throw Problem.conflict('opt_out_by_user', 'The person wants no message at all there, and so no question either.');
  if (all.length || preferences.doNotContact || preferences.channels[channelType]?.allowed === false)
    throw Problem.conflict('conflict', 'No message may go to this address, and so no question either.');
}

function askedToday(): Problem {
  return Problem.conflict('opt_in_requested', 'The person was asked for this less than 24 hours ago.');
}

function expiryOf(at: Date): Date {
  return new Date(at.getTime() + CONFIRM_DAYS * 86_400_000);
}

function answerOf(
  { channelType, topic }: OptInQuestion,
  { requestId, messageId, at }: Pick<LateRequest, 'requestId' | 'messageId' | 'at'>,
): OptInRequestResponse {
  return { id: requestId, messageId, channelType, topic, expiresAt: expiryOf(at).toISOString() };
}
