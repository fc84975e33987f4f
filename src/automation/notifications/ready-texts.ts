import type { CreateTemplateDto, TemplateVariableDto } from '../../templates/template.dto';

type ReadyText = Omit<CreateTemplateDto, 'name'>;

const optional = (...names: string[]): TemplateVariableDto[] => names.map((name) => ({ name, required: false }));

const CONFIRMATION: TemplateVariableDto[] = [
  { name: 'orderId' },
  ...optional('customerName', 'totalAmount'),
  { name: 'items', type: 'LIST', required: false, default: [] },
];
const STATUS: TemplateVariableDto[] = [
  { name: 'orderId' },
  { name: 'status' },
  ...optional('customerName', 'trackingNumber'),
];

const row = '<li>{{ item.quantity }} × {{ item.name }}{% if item.price %}: {{ item.price }}{% endif %}</li>';
const line = '{{ item.quantity }} x {{ item.name }}{% if item.price %}: {{ item.price }}{% endif %}';
const rows = `{% if items.size > 0 %}<ul>{% for item in items %}${row}{% endfor %}</ul>{% endif %}`;
const lines = `{% for item in items %}${line}\n{% endfor %}`;

/** Words for the states that shops use; any other stands as it came. */
const state = (words: Readonly<Record<string, string>>): string => {
  const cases = Object.entries(words).map(([word, text]) => `{% when '${word}' %}${text}`);
  return `{% case status %}${cases.join('')}{% else %}{{ status }}{% endcase %}`;
};
const STATE_EN = state({
  CONFIRMED: 'confirmed',
  PROCESSING: 'being prepared',
  SHIPPED: 'on its way',
  DELIVERED: 'delivered',
  CANCELLED: 'cancelled',
});
const STATE_DE = state({
  CONFIRMED: 'bestätigt',
  PROCESSING: 'in Bearbeitung',
  SHIPPED: 'unterwegs',
  DELIVERED: 'zugestellt',
  CANCELLED: 'storniert',
});

const tracking = (word: string) => `{% if trackingNumber %}\n${word}: {{ trackingNumber }}{% endif %}`;
const trackingHtml = (word: string) => `{% if trackingNumber %}<p>${word}: {{ trackingNumber }}</p>{% endif %}`;
const total = (word: string) => `{% if totalAmount %}\n${word}: {{ totalAmount }}{% endif %}`;
const totalHtml = (word: string) => `{% if totalAmount %}<p><strong>${word}: {{ totalAmount }}</strong></p>{% endif %}`;
const hello = (word: string) => `${word}{% if customerName %} {{ customerName }}{% endif %},`;

const CONFIRMATIONS: readonly ReadyText[] = [
  {
    channelType: 'EMAIL',
    language: 'en',
    subject: 'We have your order {{ orderId }}',
    body: `${hello('Hello')}\n\nthank you for your order {{ orderId }}.\n\n${lines}${total('Total')}\n`,
    html: `<p>${hello('Hello')}</p><p>Thank you for your order <strong>{{ orderId }}</strong>.</p>${rows}${totalHtml('Total')}`,
    variables: CONFIRMATION,
  },
  {
    channelType: 'EMAIL',
    language: 'de',
    subject: 'Ihre Bestellung {{ orderId }} ist eingegangen',
    body: `${hello('Guten Tag')}\n\nvielen Dank für Ihre Bestellung {{ orderId }}.\n\n${lines}${total('Summe')}\n`,
    html: `<p>${hello('Guten Tag')}</p><p>vielen Dank für Ihre Bestellung <strong>{{ orderId }}</strong>.</p>${rows}${totalHtml('Summe')}`,
    variables: CONFIRMATION,
  },
  {
    channelType: 'SMS',
    language: 'en',
    body: `We have your order {{ orderId }}.${total('Total')}`,
    variables: CONFIRMATION,
  },
  {
    channelType: 'SMS',
    language: 'de',
    body: `Ihre Bestellung {{ orderId }} ist eingegangen.${total('Summe')}`,
    variables: CONFIRMATION,
  },
];

const STATUS_UPDATES: readonly ReadyText[] = [
  {
    channelType: 'EMAIL',
    language: 'en',
    subject: `Your order {{ orderId }}: ${STATE_EN}`,
    body: `${hello('Hello')}\n\nyour order {{ orderId }} is now: ${STATE_EN}.${tracking('Tracking number')}\n`,
    html: `<p>${hello('Hello')}</p><p>Your order <strong>{{ orderId }}</strong> is now: ${STATE_EN}.</p>${trackingHtml('Tracking number')}`,
    variables: STATUS,
  },
  {
    channelType: 'EMAIL',
    language: 'de',
    subject: `Ihre Bestellung {{ orderId }}: ${STATE_DE}`,
    body: `${hello('Guten Tag')}\n\nder Stand Ihrer Bestellung {{ orderId }}: ${STATE_DE}.${tracking('Sendungsnummer')}\n`,
    html: `<p>${hello('Guten Tag')}</p><p>der Stand Ihrer Bestellung <strong>{{ orderId }}</strong>: ${STATE_DE}.</p>${trackingHtml('Sendungsnummer')}`,
    variables: STATUS,
  },
  {
    channelType: 'SMS',
    language: 'en',
    body: `Your order {{ orderId }}: ${STATE_EN}.${tracking('Tracking number')}`,
    variables: STATUS,
  },
  {
    channelType: 'SMS',
    language: 'de',
    body: `Ihre Bestellung {{ orderId }}: ${STATE_DE}.${tracking('Sendungsnummer')}`,
    variables: STATUS,
  },
];

/** Texts by topic. */
export const READY_TEXTS: Readonly<Record<string, readonly ReadyText[]>> = {
  order_confirmation: CONFIRMATIONS,
  order_status_update: STATUS_UPDATES,
};
