/** One mail as a person gets it out of a call for many. */
export interface ArrivedMail {
  to: string;
  ref: string;
  subject: string | undefined;
  text: string | undefined;
  html: string | undefined;
  headers: Record<string, string>;
}

/** In which order a provider might look for tags; it documents none. */
export type Order = 'first to last' | 'last to first' | 'in one pass';

interface Personalization {
  to: { email: string }[];
  subject?: string;
  headers?: Record<string, string>;
  custom_args: Record<string, string>;
  substitutions?: Record<string, string>;
}

/** The mails that SendGrid makes of a call: substitutions in subject and content (tsg_mail_v3.json), headers of each as they are. */
export function sendgridMails(body: Record<string, unknown>, order: Order = 'in one pass'): ArrivedMail[] {
  const content = (body['content'] ?? []) as { type: string; value: string }[];
  const bodyOf = (type: string) => content.find((part) => part.type === type)?.value;
  return (body['personalizations'] as Personalization[]).map((each) => {
    const fill = (text: string | undefined) => text && filled(text, Object.entries(each.substitutions ?? {}), order);
    return {
      to: each.to[0]?.email ?? '',
      ref: each.custom_args['carillon_ref'] ?? '',
      subject: fill(each.subject ?? (body['subject'] as string | undefined)),
      text: fill(bodyOf('text/plain')),
      html: fill(bodyOf('text/html')),
      headers: each.headers ?? {},
    };
  });
}

/** The mails that Mailgun makes of a call: `%recipient.x%` filled in everywhere (user manual, "Batch Sending"). */
export function mailgunMails(body: Record<string, unknown>, order: Order = 'in one pass'): ArrivedMail[] {
  const variables = JSON.parse(textOf(body, 'recipient-variables') ?? '{}') as Record<string, Record<string, string>>;
  return [body['to']].flat().map((to) => {
    const own = Object.entries(variables[String(to)] ?? {}).map(
      ([name, value]) => [`%recipient.${name}%`, value] as const,
    );
    const fill = (text: string | undefined) => text && filled(text, own, order);
    const headers = Object.keys(body).filter((name) => name.startsWith('h:'));
    return {
      to: String(to),
      ref: fill(textOf(body, 'v:carillon_ref')) ?? '',
      subject: fill(textOf(body, 'subject')),
      text: fill(textOf(body, 'text')),
      html: fill(textOf(body, 'html')),
      headers: Object.fromEntries(headers.map((name) => [name.slice(2), fill(textOf(body, name)) ?? ''])),
    };
  });
}

function filled(text: string, values: readonly (readonly [tag: string, value: string])[], order: Order): string {
  if (order !== 'in one pass') {
    const ordered = order === 'first to last' ? values : values.toReversed();
    return ordered.reduce((rest, [tag, value]) => rest.replaceAll(tag, () => value), text);
  }
  if (!values.length) return text;
  const byTag = new Map(values);
  const tags = [...byTag.keys()].map((tag) => tag.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return text.replace(new RegExp(tags.join('|'), 'g'), (tag) => byTag.get(tag) ?? tag);
}

function textOf(body: Record<string, unknown>, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}
