import { parsePart } from './liquid';
import { TemplateFault } from './template-fault';

/** Where the e-mail goes in its layout. */
const CONTENT = /\{\{-?\s*content\s*-?\}\}/g;

/** Throws TemplateFault for HTML that is no template, or has not exactly one place for an e-mail. */
export function checkLayout(html: string): void {
  const { places } = parsePart(html, 'html');
  const outputs = [...html.matchAll(CONTENT)].filter(({ index }) => places.has(index));
  if (outputs.length !== 1) throw new TemplateFault('must have {{ content }} once, where the e-mail goes');
  const [output] = outputs;
  if (output && places.get(output.index) !== 'TEXT') throw new TemplateFault('must have {{ content }} between tags');
}

/** The HTML of an e-mail with its layout around it. Each was checked alone, and neither leaves anything open. */
export function inLayout(layout: string, html: string): string {
  return layout.replace(CONTENT, () => html);
}
