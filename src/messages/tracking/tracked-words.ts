import { Injectable } from '@nestjs/common';
import { PublicAddress } from '../../platform/http/public-address';
import type { Content } from '../../providers/provider';
import { appendToBody, replaceLinks } from './html-links';
import { MOST_TARGET_BYTES, TrackTokens, type TrackMark } from './track-tokens';

/** A message, and what of it is to be followed. */
export interface Tracked {
  tenantId: string;
  id: string;
  trackClicks?: boolean;
  trackOpens?: boolean;
}

/** Turns the words of a message into those that tell of clicks and openings. What is stored stays as it was written. */
@Injectable()
export class TrackedWords {
  constructor(
    private readonly tokens: TrackTokens,
    private readonly address: PublicAddress,
  ) {}

  /** The HTML with links that lead over this server, and with a picture that nobody sees. Without HTML there is nothing to do. */
  of(content: Pick<Content, 'html'>, { tenantId, id, trackClicks, trackOpens }: Tracked): Pick<Content, 'html'> {
    const { html } = content;
    if (html === undefined || !(trackClicks || trackOpens)) return {};
    const of = { tenantId, messageId: id };
    const linked = trackClicks ? replaceLinks(html, (url) => this.linkFor(url, of)) : html;
    return { html: trackOpens ? appendToBody(linked, this.pixel({ kind: 'open', ...of })) : linked };
  }

  /** Undefined for what is no page of the web, for our own pages (the way out must not depend on anything), and for what is too long. */
  private linkFor(url: string, of: Pick<TrackMark, 'tenantId' | 'messageId'>): string | undefined {
    const target = webAddress(url);
    if (target === undefined || target.startsWith(new URL(`${this.address.base}/`).href)) return undefined;
    return `${this.address.base}/t/${this.tokens.seal({ kind: 'click', ...of, target })}`;
  }

  private pixel(mark: TrackMark): string {
    const url = `${this.address.base}/t/o/${this.tokens.seal(mark)}.gif`;
    return `<img src="${url}" width="1" height="1" alt="" style="border:0;height:1px;width:1px">`;
  }
}

/** As it may stand in a header: the URL parser leaves ASCII, and no line break. */
function webAddress(url: string): string | undefined {
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 'https:' && parsed?.protocol !== 'http:') return undefined;
  return Buffer.byteLength(parsed.href) <= MOST_TARGET_BYTES ? parsed.href : undefined;
}
