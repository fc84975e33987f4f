/** Fields of an `application/x-www-form-urlencoded` body, every value in the order received. No prototype: a field may have any name. */
export type Form = Readonly<Record<string, string[]>>;

/** Reads a form from its raw bytes. Never throws; what is not a form gives fields that nobody looks for. */
export function parseForm(rawBody: Buffer): Form {
  const form: Record<string, string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(rawBody.toString('utf8'))) (form[name] ??= []).push(value);
  return form;
}

/** First value of the field, undefined when it is absent or empty. */
export function field(form: Form, name: string): string | undefined {
  return form[name]?.[0] || undefined;
}
