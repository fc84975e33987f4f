import { Injectable } from '@nestjs/common';
import { Problem } from '../platform/http/problem';
import { MAX_SOURCE_BYTES } from './language';
import { TemplateEngine } from './template-engine';

/** Texts as a request gives them: left out, emptied, or new. */
export interface GivenTexts {
  subject?: string | null;
  body?: string | null;
  html?: string | null;
  mjml?: string | null;
}

/** The new texts, tried. Those that were left out stay left out; giving HTML or MJML empties the other. */
export type PreparedTexts = GivenTexts;

/** Tries new texts before a transaction is open: that takes time, and what is wrong is wrong whatever is stored. */
@Injectable()
export class TemplatePreparation {
  constructor(private readonly engine: TemplateEngine) {}

  /** Throws Problem 422 naming each text that is none, with the place. */
  async prepare(tenantId: string, { subject, body, html, mjml }: GivenTexts): Promise<PreparedTexts> {
    if (html != null && mjml != null)
      throw Problem.invalidField('/mjml', 'goes in the place of html: give one of them');
    checkLength('/html', html);
    checkLength('/mjml', mjml);
    const texts = { ...(subject != null && { subject }), ...(body != null && { body }), ...(html != null && { html }) };
    if (Object.keys(texts).length) await this.engine.check(tenantId, texts);
    const given = { ...(subject !== undefined && { subject }), ...(body !== undefined && { body }) };
    if (mjml != null) return { ...given, mjml, html: await this.htmlOf(tenantId, mjml) };
    return html === undefined && mjml === undefined ? given : { ...given, html: html ?? null, mjml: null };
  }

  private async htmlOf(tenantId: string, mjml: string): Promise<string> {
    // First as it was written, so that lines are those of the author.
    await this.engine.check(tenantId, { body: mjml }, { as: '/mjml' });
    const html = await this.engine.compileMjml(tenantId, mjml);
    await this.engine.check(tenantId, { html }, { as: '/mjml' });
    return html;
  }
}

/** Throws Problem 422 for a source beyond the limit. */
export function checkLength(pointer: string, text: string | null | undefined): void {
  if (text != null && Buffer.byteLength(text) > MAX_SOURCE_BYTES)
    throw Problem.invalidField(pointer, `must have at most ${MAX_SOURCE_BYTES} bytes`);
}
