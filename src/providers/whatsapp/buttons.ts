import type { Button, Content } from '../provider';
import { isMedia, type Judged, type Refusal } from '../refusals';
import { fileOf, mediaObject, pointerOfWords, wordsOf, type MessageFile } from './file';
import { KINDS } from './kinds';

const MAX_BODY = 1024;

/** A list needs a button of its own that opens it; `settings.listButton` gives it another word. */
export const LIST_BUTTON = 'Options';

type Style = 'cta_url' | 'button' | 'list';

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-reply-buttons-messages and its neighbours. */
const LIMITS: Readonly<Record<Style, { buttons: number; title: number; id: number }>> = {
  cta_url: { buttons: 1, title: 20, id: Infinity },
  button: { buttons: 3, title: 20, id: 256 },
  list: { buttons: 10, title: 24, id: 200 },
};

/** One address to open, up to three answers as buttons, or more of them as a list. */
function styleOf(buttons: readonly Button[]): Style {
  if (buttons.some(({ url }) => url !== undefined)) return 'cta_url';
  return buttons.length <= LIMITS.button.buttons ? 'button' : 'list';
}

/** What comes back when it is pressed; its own title where nothing else was asked for. */
const idOf = ({ payload, title }: Button) => payload ?? title;

/** The interactive object of a message with buttons. */
export function interactiveOf(
  content: Content,
  file: { file: MessageFile; mediaId: string | undefined } | undefined,
  listButton: string,
): object {
  const buttons = content.buttons ?? [];
  const style = styleOf(buttons);
  return {
    type: style,
    ...(file && { header: { type: file.file.kind, [file.file.kind]: mediaObject(file.file, file.mediaId) } }),
    body: { text: wordsOf(content) ?? '' },
    action: ACTIONS[style](buttons, listButton),
  };
}

const ACTIONS: Readonly<Record<Style, (buttons: readonly Button[], listButton: string) => object>> = {
  cta_url: ([button]) => ({ name: 'cta_url', parameters: { display_text: button?.title, url: button?.url } }),
  button: (buttons) => ({
    buttons: buttons.map((button) => ({ type: 'reply', reply: { id: idOf(button), title: button.title } })),
  }),
  list: (buttons, button) => ({
    button,
    sections: [{ rows: buttons.map((row) => ({ id: idOf(row), title: row.title })) }],
  }),
};

/** What of these buttons WhatsApp cannot show. */
export function badButtons({ messageType, content }: Judged): Refusal[] {
  const buttons = content.buttons ?? [];
  if (buttons.length === 0) return [];
  if (content.template || content.location)
    return [refusal('/content/buttons', `A message of type ${messageType} carries no buttons of its own.`)];
  const style = styleOf(buttons);
  return [
    ...badCompany(messageType, content, style),
    ...badBody(messageType, content),
    ...tooMany(buttons, style),
    ...buttons.flatMap((button, index) => badButton(button, index, style)),
    ...repeated(buttons),
  ];
}

/** A file becomes the header of the message, where only some kinds may stand and none above a list. */
function badCompany(messageType: Judged['messageType'], content: Content, style: Style): Refusal[] {
  const file = fileOf(messageType, content);
  if (!file || (style !== 'list' && KINDS[file.kind].captioned)) return [];
  const what = style === 'list' ? 'more than three buttons' : 'buttons';
  return [refusal('/content/buttons', `There can be no ${what} with this file.`)];
}

function badBody(messageType: Judged['messageType'], content: Content): Refusal[] {
  const words = wordsOf(content) ?? '';
  if (words.length > MAX_BODY)
    return [refusal(pointerOfWords(content), `At most ${MAX_BODY} characters with buttons.`)];
  if (words !== '' || !isMedia(messageType)) return [];
  return [refusal('/content/text', 'Buttons need words to stand under.')];
}

function tooMany(buttons: readonly Button[], style: Style): Refusal[] {
  if (style !== 'cta_url' || buttons.length === LIMITS.cta_url.buttons) return [];
  return [refusal('/content/buttons', 'A button that opens an address must be the only one.')];
}

function badButton(button: Button, index: number, style: Style): Refusal[] {
  const { title, id } = LIMITS[style];
  const refusals: Refusal[] = [];
  if (button.title.trim() === '' || button.title.length > title)
    refusals.push(refusal(`/content/buttons/${index}/title`, `Must have 1 to ${title} characters.`));
  if (button.url !== undefined && button.payload !== undefined)
    refusals.push(refusal(`/content/buttons/${index}/payload`, 'A button that opens an address sends nothing back.'));
  if (idOf(button).length > id)
    refusals.push(refusal(`/content/buttons/${index}/payload`, `At most ${id} characters.`));
  return refusals;
}

function repeated(buttons: readonly Button[]): Refusal[] {
  const differ = (values: readonly string[]) => new Set(values).size === values.length;
  if (differ(buttons.map(({ title }) => title)) && differ(buttons.map(idOf))) return [];
  return [refusal('/content/buttons', 'Titles and payloads must all be different.')];
}

function refusal(pointer: string, message: string): Refusal {
  return { pointer, message };
}
