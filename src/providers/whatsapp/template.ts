import type { ProviderTemplate } from '../provider';
import type { Refusal } from '../refusals';

/**
 * Where each variable of a template goes, by its name:
 *
 *   1, 2, …                      {{1}}, {{2}} of the body
 *   first_name                   {{first_name}} of the body
 *   header.1, header.first_name  the variable of a text header
 *   header.image, .video, .document   link of the header's file; header.filename goes with a document
 *   header.location              "latitude,longitude"; header.location.name and header.location.address go with it
 *   button.0                     end of the address of the first button, or the code of an authentication template
 *   button.0.payload             what a quick reply sends back
 *   button.0.code                the coupon code that the button copies
 */
interface Slot {
  name: string;
  component: 'header' | 'body' | 'button';
  /** The rest of the name: position, parameter or part. */
  rest: string;
  value: string;
}

type Parameter = Record<string, unknown>;

const SLOT =
  /^(?:(?<body>[1-9]\d*|[A-Za-z_]\w*)|header\.(?<header>location(?:\.(?:name|address))?|\w+)|button\.(?<button>\d(?:\.(?:payload|code))?))$/;

const HEADER_FILES = ['image', 'video', 'document'];
const HEADER_LOCATION = /^(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)$/;

const NAME = /^[a-z0-9_]{1,512}$/;
const LANGUAGE = /^[a-z]{2,3}(?:[_-][A-Za-z]{2,4})?$/;

/** The template object of a message. */
export function templateOf({ name, language, variables }: ProviderTemplate): object {
  const slots = slotsOf(variables);
  const components = [headerOf(slots), bodyOf(slots), ...buttonsOf(slots)].filter((part) => part !== undefined);
  // Meta writes "en_US" where the rest of the world writes "en-US".
  return { name, language: { code: language.replace('-', '_') }, ...(components.length > 0 && { components }) };
}

function slotsOf(variables: ProviderTemplate['variables']): Slot[] {
  return Object.entries(variables).flatMap(([name, value]): Slot[] => {
    const { header, body, button } = SLOT.exec(name)?.groups ?? {};
    if (header !== undefined) return [{ name, component: 'header', rest: header, value }];
    if (body !== undefined) return [{ name, component: 'body', rest: body, value }];
    return button === undefined ? [] : [{ name, component: 'button', rest: button, value }];
  });
}

const of = (slots: readonly Slot[], component: Slot['component']) =>
  slots.filter((slot) => slot.component === component);

function bodyOf(slots: readonly Slot[]): object | undefined {
  // Members named by numbers come in the order of the numbers, whatever the order in which they were written.
  const body = of(slots, 'body');
  return body.length > 0 ? { type: 'body', parameters: body.map(textParameter) } : undefined;
}

/** Named variables carry their name; numbered ones are told by their place. */
function textParameter({ rest, value }: Slot): Parameter {
  return { type: 'text', ...(!isNumber(rest) && { parameter_name: rest }), text: value };
}

function headerOf(slots: readonly Slot[]): object | undefined {
  const header = of(slots, 'header');
  const main = header.find(({ rest }) => !isCompanion(rest));
  if (!main) return undefined;
  const companion = (rest: string) => header.find((slot) => slot.rest === rest)?.value;
  return { type: 'header', parameters: [headerParameter(main, companion)] };
}

function headerParameter(main: Slot, companion: (rest: string) => string | undefined): Parameter {
  const { rest, value } = main;
  if (HEADER_FILES.includes(rest)) {
    const filename = rest === 'document' ? companion('filename') : undefined;
    return { type: rest, [rest]: { link: value, ...(filename !== undefined && { filename }) } };
  }
  if (rest !== 'location') return textParameter(main);
  const [, latitude, longitude] = HEADER_LOCATION.exec(value) ?? [];
  const [name, address] = [companion('location.name'), companion('location.address')];
  const location = { latitude: Number(latitude), longitude: Number(longitude), name, address };
  return { type: 'location', location };
}

function buttonsOf(slots: readonly Slot[]): object[] {
  return of(slots, 'button')
    .sort((a, b) => a.rest.localeCompare(b.rest))
    .map(({ rest, value }) => {
      const [index, part = 'url'] = rest.split('.');
      return { type: 'button', index, ...BUTTONS[part]?.(value) };
    });
}

const BUTTONS: Readonly<Record<string, (value: string) => object>> = {
  url: (text) => ({ sub_type: 'url', parameters: [{ type: 'text', text }] }),
  payload: (payload) => ({ sub_type: 'quick_reply', parameters: [{ type: 'payload', payload }] }),
  code: (code) => ({ sub_type: 'copy_code', parameters: [{ type: 'coupon_code', coupon_code: code }] }),
};

/** What of this template Meta would not understand. Whether it exists, and with which variables, only Meta knows. */
export function badTemplate(template: ProviderTemplate): Refusal[] {
  const { name, language, variables } = template;
  const refusals: Refusal[] = [];
  if (!NAME.test(name)) refusals.push(about('name', 'Must have lower-case letters, digits and underscores only.'));
  if (!LANGUAGE.test(language)) refusals.push(about('language', 'Must be a code such as "en" or "en_US".'));
  return [...refusals, ...Object.entries(variables).flatMap(badVariable), ...badTogether(slotsOf(variables))];
}

function badVariable([name, value]: [string, string]): Refusal[] {
  const pointer = `variables/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const { header } = SLOT.exec(name)?.groups ?? {};
  if (!SLOT.test(name)) return [about(pointer, 'Names no place in a template: 1, a_name, header.…, or button.<0-9>.')];
  if (value === '') return [about(pointer, 'Must not be empty.')];
  if (header !== undefined && HEADER_FILES.includes(header) && !isWebAddress(value))
    return [about(pointer, 'Must be an absolute http or https address.')];
  if (header === 'location' && !HEADER_LOCATION.test(value))
    return [about(pointer, 'Must be a latitude and a longitude, "52.5,13.4".')];
  return [];
}

/** Values that fit alone but not beside each other. */
function badTogether(slots: readonly Slot[]): Refusal[] {
  const body = of(slots, 'body').map(({ rest }) => rest);
  const numbers = body.filter(isNumber);
  const header = of(slots, 'header').map(({ rest }) => rest);
  const buttons = of(slots, 'button').map(({ rest }) => rest.split('.')[0]);
  const refusals: Refusal[] = [];
  if (numbers.length > 0 && numbers.length < body.length)
    refusals.push(about('variables', 'The variables of the body are either all numbered or all named.'));
  if (numbers.some((number) => Number(number) > numbers.length))
    refusals.push(about('variables', 'The numbers of the body begin at 1 and leave none out.'));
  if (header.length > 0 && header.filter((rest) => !isCompanion(rest)).length !== 1)
    refusals.push(about('variables', 'A template has one header, with one variable.'));
  if (new Set(buttons).size < buttons.length) refusals.push(about('variables', 'A button takes one variable.'));
  return refusals;
}

/** What goes beside the header's variable instead of being it. */
function isCompanion(rest: string): boolean {
  return rest === 'filename' || rest.startsWith('location.');
}

const isNumber = (rest: string) => /^\d+$/.test(rest);

function isWebAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function about(part: string, message: string): Refusal {
  return { pointer: `/content/template/${part}`, message };
}
