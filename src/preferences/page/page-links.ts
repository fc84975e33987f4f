import { Injectable } from '@nestjs/common';
import { PublicAddress } from '../../platform/http/public-address';
import type { ChannelType } from '../../providers/provider';
import { PageTokens } from './page-token';

/** Who gets a link, and in what. */
export interface LinkedMessage {
  tenantId: string;
  channelType: ChannelType;
  /** Normalised. */
  address: string;
  /** null: in no message that we know. */
  messageId: string | null;
  topic: string | null;
}

export interface Links {
  /** The page at its button to unsubscribe. A mailbox provider posts there (RFC 8058). */
  unsubscribeUrl: string;
  /** The same page at its choices. */
  preferencesUrl: string;
}

/** Days in which a person can confirm. */
export const CONFIRM_DAYS = 7;

/** Addresses of the public page, each for one person, one address and one list. */
@Injectable()
export class PageLinks {
  constructor(
    private readonly tokens: PageTokens,
    private readonly address: PublicAddress,
  ) {}

  /** They never expire: a mail may be read after years. */
  linksOf({ messageId, ...message }: LinkedMessage): Links {
    const url = this.url(this.tokens.seal({ kind: 'manage', ...message, id: messageId, expiresAt: null }));
    return { unsubscribeUrl: url, preferencesUrl: `${url}#preferences` };
  }

  /** Where the person says yes to a request for consent. */
  confirmUrl(request: Omit<LinkedMessage, 'messageId'> & { requestId: string; expiresAt: Date }): string {
    const { requestId, expiresAt, ...of } = request;
    const seconds = Math.floor(expiresAt.getTime() / 1000);
    return this.url(this.tokens.seal({ kind: 'confirm', ...of, id: requestId, expiresAt: seconds }));
  }

  /** The headers with which a mailbox shows a button to unsubscribe (RFC 2369, RFC 8058), put in front of all others. */
  withUnsubscribe(headers: Readonly<Record<string, string>>, message: LinkedMessage): Record<string, string> {
    const others = Object.entries(headers).filter(([name]) => !OURS.has(name.toLowerCase()));
    return {
      'List-Unsubscribe': `<${this.linksOf(message).unsubscribeUrl}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
      ...Object.fromEntries(others),
    };
  }

  private url(token: string): string {
    return `${this.address.base}/p/${token}`;
  }
}

const OURS = new Set(['list-unsubscribe', 'list-unsubscribe-post']);
