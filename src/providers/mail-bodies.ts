import type { Content, Media, OutboundMessage } from './provider';
import { isMedia } from './refusals';

/** What a mail says, as text, as HTML, or as both. */
export type MailBodies = Pick<Content, 'text' | 'html'>;

/** The bodies of a mail. Media of a foreign address become a link; files of our own travel as attachments. */
export function mailBodies({ messageType, content }: OutboundMessage): MailBodies {
  const { text, html } = isMedia(messageType) && content.media ? withLink(content, content.media) : content;
  return { ...(text && { text }), ...(html && { html }) };
}

function withLink({ text, html }: Content, { url, caption, filename }: Media): MailBodies {
  const label = caption ?? filename;
  const link = `<p><a href="${escapeHtml(url)}">${escapeHtml(label ?? url)}</a></p>`;
  const introduction = html ?? (text ? `<p>${escapeHtml(text)}</p>` : '');
  return { text: [text, label, url].filter(Boolean).join('\n\n'), html: introduction + link };
}

const HTML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => HTML_ENTITIES[character] ?? character);
}
