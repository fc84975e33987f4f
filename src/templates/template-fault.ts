/** What is wrong with a template, or with the values for it. The message quotes the template's text, never a value. */
export class TemplateFault extends Error {
  override readonly name = 'TemplateFault';

  /** `path` leads to the value that is missing, where that is what is wrong: `['user', 'name']`. */
  constructor(
    message: string,
    readonly path?: readonly string[],
  ) {
    super(message);
  }
}
