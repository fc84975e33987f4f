import { join } from 'node:path';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Problem } from '../platform/http/problem';
import { JobStopped, Threads } from '../platform/work/threads';
import { MAX_OUTPUT } from './liquid';
import { type RenderedTexts, renderTemplate } from './render';
import type { TemplateTexts } from './render';
import type { TemplateSource } from './template-source';
import type { TextsAnswer, TextsJob } from './texts';
import type { MjmlAnswer } from './threads/mjml';

/** A file beside this one, built or not. */
const fileOf = (name: string) => join(__dirname, 'threads', `${name}${__filename.slice(-3)}`);

const NO_TEXTS: TemplateTexts = { subject: null, body: null, html: null };
const MOST_FAULTS = 20;

/**
 * Parses and renders what tenants wrote. All of it costs what its author wants it to cost, so it is done in threads, which are
 * ended when they take too long; only what is plain is rendered at once (plain.ts).
 */
@Injectable()
export class TemplateEngine implements OnApplicationShutdown {
  private readonly texts = new Threads({
    file: fileOf('texts'),
    threads: 2,
    timeoutMs: 500,
    memoryMb: 96,
    maxWaiting: 500,
  });
  /** Its library is large and slow to load, and templates are made seldom. */
  private readonly mjml = new Threads({
    file: fileOf('mjml'),
    threads: 1,
    timeoutMs: 3_000,
    memoryMb: 160,
    maxWaiting: 20,
  });

  onApplicationShutdown(): Promise<unknown> {
    return Promise.all([this.texts.close(), this.mjml.close()]);
  }

  /** Throws Problem 422 naming each text that is not in the language; `as`: under this name. */
  async check(
    tenantId: string,
    texts: Partial<TemplateTexts>,
    { as, isLayout = false }: { as?: string; isLayout?: boolean } = {},
  ): Promise<void> {
    const job: TextsJob = { texts: { ...NO_TEXTS, ...texts }, variables: [], needsText: false, isLayout };
    const [first = 'body'] = Object.keys(texts);
    const answer = await this.ask(tenantId, job, as ?? `/${first}`);
    if (!('faults' in answer)) return;
    throw Problem.invalidFields(answer.faults.map(({ pointer, message }) => ({ pointer: as ?? pointer, message })));
  }

  /** Throws Problem 422 naming the variables that are missing or cannot be written. */
  async render(
    tenantId: string,
    { texts, variables, needsText, plain }: TemplateSource,
    given: Readonly<Record<string, unknown>>,
  ): Promise<RenderedTexts> {
    if (plain) return renderTemplate(plain, given);
    const answer = await this.ask(tenantId, { texts, variables, needsText, given }, '/variables');
    if ('faults' in answer) throw Problem.invalidFields(answer.faults);
    return answer.rendered ?? {};
  }

  /** The HTML of MJML. Throws Problem 422 naming /mjml and the line. */
  async compileMjml(tenantId: string, mjml: string): Promise<string> {
    const answer = await stoppable('/mjml', () => this.mjml.run(tenantId, mjml) as Promise<MjmlAnswer>);
    if ('faults' in answer)
      throw Problem.invalidFields(
        answer.faults.slice(0, MOST_FAULTS).map((message) => ({ pointer: '/mjml', message: message.slice(0, 300) })),
      );
    if (answer.html.length > MAX_OUTPUT)
      throw Problem.invalidField('/mjml', `becomes HTML of more than ${MAX_OUTPUT} characters`);
    return answer.html;
  }

  private ask(tenantId: string, job: TextsJob, pointer: string): Promise<TextsAnswer> {
    return stoppable(pointer, () => this.texts.run(tenantId, job) as Promise<TextsAnswer>);
  }
}

async function stoppable<T>(pointer: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof JobStopped)) throw error;
    if (error.why === 'TOO_MANY' || error.why === 'CLOSED') throw Problem.unavailable(error);
    throw Problem.invalidField(
      pointer,
      `the template ${error.why === 'TIME' ? 'takes too long' : 'needs too much memory'}`,
    );
  }
}
