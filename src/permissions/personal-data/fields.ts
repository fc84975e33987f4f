/** How a field is shown to whoever may not see personal data. Whatever it becomes, its type stays. */
export type Shown = 'masked' | 'hidden' | 'words';

/**
 * Fields that carry what is known of people, by name, wherever they stand: a route that is added tomorrow is covered before
 * anybody thinks of it. `masked` leaves enough of an address to recognise it, `hidden` leaves nothing (objects and lists are
 * empty), `words` is text of machines in which addresses may stand.
 */
export const PERSONAL: Readonly<Record<string, Shown>> = {
  to: 'masked',
  from: 'masked',
  address: 'masked',
  email: 'masked',
  phone: 'masked',
  telegramChatId: 'masked',
  whatsappId: 'masked',
  counterpart: 'masked',
  sender: 'masked',
  recipient: 'masked',
  cc: 'masked',
  bcc: 'masked',
  replyTo: 'masked',
  name: 'hidden',
  firstName: 'hidden',
  lastName: 'hidden',
  displayName: 'hidden',
  externalId: 'hidden',
  ip: 'hidden',
  userAgent: 'hidden',
  proof: 'hidden',
  subject: 'hidden',
  text: 'hidden',
  html: 'hidden',
  body: 'hidden',
  caption: 'hidden',
  filename: 'hidden',
  content: 'hidden',
  attributes: 'hidden',
  metadata: 'hidden',
  variables: 'hidden',
  payload: 'hidden',
  labels: 'hidden',
  reason: 'words',
  source: 'words',
  detail: 'words',
  explanation: 'words',
  remedy: 'words',
  error: 'words',
  clientReference: 'words',
};

/** Where a field of such a name is about the tenant's own things, and not about people; by route. */
export const NOT_PERSONAL: Readonly<Record<string, readonly string[]>> = {
  '/api-keys': ['name'],
  '/channels': ['name', 'from'],
  '/channels/:id': ['name', 'from'],
  '/providers': ['name'],
  '/topics': ['name'],
  '/topics/:name': ['name'],
  '/templates': ['name', 'subject', 'body', 'html', 'variables'],
  '/templates/:id': ['name', 'subject', 'body', 'html', 'variables'],
  '/templates/:id/versions': ['subject', 'body', 'html', 'variables'],
  '/templates/:id/preview': ['name', 'subject', 'text', 'html', 'variables'],
  '/bulk-send': ['name', 'content'],
  '/bulk-send/:id': ['name', 'content'],
  '/segments': ['name'],
  '/segments/:id': ['name'],
  '/events': ['name', 'source'],
  '/events/:id': ['name', 'source'],
  '/events/:id/retry': ['name', 'source'],
  '/automation-rules': ['name', 'content'],
  '/automation-rules/:id': ['name', 'content'],
  '/stats': ['from', 'to'],
};
