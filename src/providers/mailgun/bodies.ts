import { isMedia } from '../refusals';
import type { Content, Media, OutboundMessage } from '../provider';

/** Plain and formatted text of a mail. */
export function bodiesOf({
  messageType,
  content,
}: Pick<OutboundMessage, 'messageType' | 'content'>): Pick<Content, 'text' | 'html'> {
  return isMedia(messageType) && content.media ? withMediaLink(content, content.media) : content;
}

/** E-mail carries media of a foreign address as a link; files of our own travel as attachments. */
function withMediaLink({ text, html }: Content, { url, caption, filename }: Media): { text: string; html: string } {
  const label = caption ?? filename ?? url;
  const introduction = html ?? (text ? `<p>${escapeHtml(text)}</p>` : '');
  const lines = [text, caption ?? filename, url];
  return {
    text: lines.filter(Boolean).join('\n\n'),
    html: `${introduction}<p><a href="${escapeHtml(url)}">${escapeHtml(label)}</a></p>`,
  };
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
