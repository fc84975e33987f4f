import { Injectable } from '@nestjs/common';
import type { OpenChannel } from '../../channels/channel-accounts';
import type { NewMessage } from '../../messages/accept/accept.queries';
import { uuidv7 } from '../../platform/db/uuid';
import { Problem } from '../../platform/http/problem';
import { PageLinks } from '../../preferences/page/page-links';
import type { Content, MessageType } from '../../providers/provider';
import { refusalsOf } from '../../providers/registry';
import { contactValues } from '../../templates/contact-values';
import { TemplatesService } from '../../templates/templates.service';
import type { Fed, RunningCampaign, TurnRow, VariantWords } from './feeder.queries';
import { pickVariant } from './variants';

/** A recipient with its message, or with the reason why it cannot have one. */
export interface Personalised {
  fed: Fed;
  message?: NewMessage;
}

interface Words {
  content: Content;
  messageType: MessageType;
  templateId: string | null;
  templateVersion: number | null;
}

/** Makes the message of each recipient: its variant, its language, its values. */
@Injectable()
export class Personalisation {
  constructor(
    private readonly templates: TemplatesService,
    private readonly links: PageLinks,
  ) {}

  /**
   * A recipient whose values do not fit fails alone. Throws Problem 404 and 409 where the template itself is at fault, and what
   * is nobody's fault.
   */
  async make(
    tenantId: string,
    { campaign, open }: { campaign: RunningCampaign; open: OpenChannel },
    turn: TurnRow,
  ): Promise<Personalised> {
    const variant = variantOf(campaign, turn);
    const named = variant === null ? campaign : (campaign.variants[variant] ?? campaign);
    const id = uuidv7();
    try {
      const words = await this.words(tenantId, named, { id, campaign, open, turn });
      const { channelType, settings } = open.account;
      const refusals = refusalsOf(open.provider, { ...words, channelType, settings, to: turn.key });
      if (refusals.length) throw Problem.invalidFields(refusals);
      return {
        fed: { key: turn.key, messageId: id, variant, reasonCode: null, reasonDetail: null },
        message: { ...frame({ campaign, open, turn }), id, ...words },
      };
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 422) throw error;
      const detail = [error.detail, ...error.errors.map(({ pointer, message }) => `${pointer} ${message}`)];
      const failed = { reasonCode: 'not_composable', reasonDetail: detail.join(' ').slice(0, 500) };
      return { fed: { key: turn.key, messageId: null, variant, ...failed } };
    }
  }

  private async words(
    tenantId: string,
    { templateId, content }: Pick<VariantWords, 'templateId' | 'content'>,
    of: { id: string; campaign: RunningCampaign; open: OpenChannel; turn: TurnRow },
  ): Promise<Words> {
    if (templateId === null) return { ...plainWords(content ?? {}), templateId: null, templateVersion: null };
    const { channelType } = of.open.account;
    const { language } = of.turn;
    const composed = await this.templates.compose(
      tenantId,
      { channelType, templateId, ...(language !== null && { language }) },
      of.turn.variables,
      this.ownValues(tenantId, of),
    );
    const { content: words } = composed;
    const messageType = words.template ? 'TEMPLATE' : words.html !== undefined ? 'HTML' : 'TEXT';
    return { ...composed, messageType };
  }

  private ownValues(
    tenantId: string,
    { id, campaign, open, turn }: { id: string; campaign: RunningCampaign; open: OpenChannel; turn: TurnRow },
  ) {
    const { channelType } = open.account;
    const links = () =>
      this.links.linksOf({ tenantId, channelType, address: turn.key, messageId: id, topic: campaign.topic });
    return {
      contact: () => contactValues({ name: turn.name, language: turn.language, attributes: turn.attributes ?? {} }),
      unsubscribe_url: () => links().unsubscribeUrl,
      preferences_url: () => links().preferencesUrl,
    };
  }
}

/** null: there is only one text. */
function variantOf({ variants, winner }: RunningCampaign, { roll }: TurnRow): number | null {
  if (!variants.length) return null;
  return (
    winner ??
    pickVariant(
      variants.map(({ weight }) => weight),
      roll,
    )
  );
}

function plainWords(content: Content): Pick<Words, 'content' | 'messageType'> {
  const messageType = content.html !== undefined ? 'HTML' : content.location ? 'LOCATION' : typeOfMedia(content);
  return { content, messageType };
}

const BY_MEDIA: readonly [prefix: string, type: MessageType][] = [
  ['image/', 'IMAGE'],
  ['video/', 'VIDEO'],
  ['audio/', 'AUDIO'],
];

function typeOfMedia({ media }: Content): MessageType {
  if (!media) return 'TEXT';
  return BY_MEDIA.find(([prefix]) => media.contentType?.startsWith(prefix))?.[1] ?? 'FILE';
}

function frame({ campaign, open, turn }: { campaign: RunningCampaign; open: OpenChannel; turn: TurnRow }) {
  const { channel, provider, account } = open;
  return {
    proposedContactId: uuidv7(),
    proposedSessionId: uuidv7(),
    channelId: channel.id,
    channelType: account.channelType,
    providerType: provider.type,
    from: account.from,
    to: turn.key,
    lane: 'bulk',
    purpose: campaign.purpose,
    topic: campaign.topic,
    delivery: campaign.delivery,
    trackClicks: campaign.trackClicks ?? undefined,
    trackOpens: campaign.trackOpens ?? undefined,
    ordered: false,
    scheduledAt: null,
    campaignId: campaign.id,
    expiresAt: null,
    clientReference: null,
    metadata: {},
  } satisfies Partial<NewMessage>;
}
