import type { TemplateSource } from './template-source';

/** Values that a template may use without anybody giving them, by name; each is made only where the template names it. */
export type OwnValues = Readonly<Record<string, () => unknown>>;

/** The given values, with those of ours that the template names and nobody gave. */
export async function withOwnValues(
  { texts, variables }: TemplateSource,
  given: Readonly<Record<string, unknown>>,
  own: OwnValues,
): Promise<Record<string, unknown>> {
  const isNamed = (name: string) =>
    variables.some((variable) => variable.name === name) ||
    [texts.subject, texts.body, texts.html].some((text) => text?.includes(name));
  const wanted = Object.entries(own).filter(([name]) => !Object.hasOwn(given, name) && isNamed(name));
  const made = await Promise.all(wanted.map(async ([name, make]) => [name, await make()] as const));
  return { ...Object.fromEntries(made), ...given };
}
