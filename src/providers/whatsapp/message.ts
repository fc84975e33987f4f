import type { Account, Content, OutboundMessage } from '../provider';
import { interactiveOf, LIST_BUTTON } from './buttons';
import type { WhatsappCredentials } from './credentials';
import { fileOf, mediaObject, wordsOf } from './file';
import { KINDS } from './kinds';
import { recipientOf } from './people';
import { templateOf } from './template';

type Settings = Account<WhatsappCredentials>['settings'];

/** The body of POST <phone number id>/messages; `mediaId` is what the upload of an attachment gave. */
export function payloadOf(message: OutboundMessage, settings: Settings, mediaId?: string): object {
  return {
    messaging_product: 'whatsapp',
    recipient_type: 'individual',
    ...recipientOf(message.to),
    ...bodyOf(message, settings, mediaId),
    // Comes back in every status of this message.
    biz_opaque_callback_data: message.ref,
  };
}

function bodyOf({ messageType, content }: OutboundMessage, settings: Settings, mediaId: string | undefined): object {
  const { template, location, buttons = [] } = content;
  const file = fileOf(messageType, content);
  if (template) return { type: 'template', template: templateOf(template) };
  if (location) return { type: 'location', location: { ...location } };
  if (buttons.length > 0) {
    const interactive = interactiveOf(content, file && { file, mediaId }, listButtonOf(settings));
    return { type: 'interactive', interactive };
  }
  if (file)
    return { type: file.kind, [file.kind]: { ...mediaObject(file, mediaId), ...captionOf(content, file.kind) } };
  return { type: 'text', text: { body: content.text ?? '', preview_url: settings['previewUrl'] === true } };
}

function captionOf(content: Content, kind: keyof typeof KINDS): object {
  const caption = wordsOf(content);
  return KINDS[kind].captioned && caption !== undefined && caption !== '' ? { caption } : {};
}

/** One that WhatsApp would not take is not let through to it. */
function listButtonOf({ listButton }: Settings): string {
  const usable = typeof listButton === 'string' && listButton.trim() !== '' && listButton.length <= 20;
  return usable ? listButton : LIST_BUTTON;
}
