import { html } from '../../preferences/page/html';
import { fill, pageLanguage, TEXTS } from '../../preferences/page/texts/languages';
import type { ChannelType } from '../../providers/provider';

/** What the question is about, in names that the person knows. */
export interface OptInNames {
  sender: string;
  /** Title of the topic; null: advertising altogether. */
  topic: string | null;
  url: string;
}

/** Our own words for it, in the language of the person or the nearest that we speak. */
export function optInMessage(channelType: ChannelType, language: string | null, { sender, topic, url }: OptInNames) {
  const { mail, confirm } = TEXTS[pageLanguage(language, undefined)];
  const say = (text: string): string => fill(text, { sender, topic: topic ?? '' });
  const question = say(topic === null ? mail.all : mail.topic);
  const text = `${question}\n\n${url}\n\n${mail.ignore}`;
  if (channelType !== 'EMAIL') return { text };
  const page = html`<p>${question}</p>
    <p><a href="${url}">${confirm.yes}</a></p>
    <p>${mail.ignore}</p>`;
  return { subject: say(mail.subject), text, html: page.source };
}
