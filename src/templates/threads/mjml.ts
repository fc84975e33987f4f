import mjml2html from 'mjml';
import { answerMessages } from '../../platform/work/thread-answer';

/** What MJML became, or what is wrong with it. */
export type MjmlAnswer = { html: string } | { faults: string[] };

/** Thread that makes HTML of MJML. Nothing is included: neither files nor addresses are read. */
answerMessages(async (mjml: string): Promise<MjmlAnswer> => {
  try {
    const { html } = await mjml2html(mjml, { validationLevel: 'strict', keepComments: false, ignoreIncludes: true });
    return { html };
  } catch (error) {
    return { faults: faultsOf(error) };
  }
});

function faultsOf(error: unknown): string[] {
  const listed = (error as { errors?: { line: number; tagName: string; message: string }[] }).errors;
  if (Array.isArray(listed))
    return listed.map(({ line, tagName, message }) => `line ${line}, <${tagName}>: ${message}`);
  return [error instanceof Error ? error.message : 'is no MJML'];
}
