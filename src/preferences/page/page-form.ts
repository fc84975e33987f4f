import { Busboy } from '@fastify/busboy';
import { Problem } from '../../platform/http/problem';
import { LEVELS, type Level } from './page-state';

/** What the person chose on the page. */
export interface Choices {
  level: Level;
  /** Topics that the page showed: a box that is not there says nothing. */
  shown: ReadonlySet<string>;
  /** Those of them that are ticked. */
  wanted: ReadonlySet<string>;
}

/** What a form asks for. `one-click` is the mailbox provider's own form (RFC 8058, 3.1). */
export type PageForm = { deed: 'one-click' | 'unsubscribe' | 'confirm' } | { deed: 'save'; choices: Choices };

/** Names of the fields: `do` says what is asked for. */
const FIELDS: readonly string[] = ['do', 'level', 'shown', 'topic'];
const LIMITS = { fields: 1_000, parts: 1_000, files: 0, fieldSize: 200, fieldNameSize: 100 };

/**
 * Reads a form in either of the two ways in which browsers and mailbox providers send them.
 * @throws Problem 422 for anything that is not one of our forms
 */
export async function readForm(contentType: string | undefined, body: Buffer): Promise<PageForm> {
  const fields = await parse(contentType ?? 'application/x-www-form-urlencoded', body);
  if (fields.some(([name, value]) => name === 'List-Unsubscribe' && value === 'One-Click'))
    return { deed: 'one-click' };
  const unknown = fields.find(([name]) => !FIELDS.includes(name));
  if (unknown) throw Problem.invalidField('/', 'has a field that is not on the page');
  const valuesOf = (name: string) => fields.filter(([each]) => each === name).map(([, value]) => value);
  const [deed, ...more] = valuesOf('do');
  if (more.length || (deed !== 'unsubscribe' && deed !== 'confirm' && deed !== 'save'))
    throw Problem.invalidField('/do', 'must be what one of the buttons says');
  if (deed !== 'save') return { deed };
  const choices = {
    level: oneOf(LEVELS, valuesOf('level')),
    shown: new Set(valuesOf('shown')),
    wanted: new Set(valuesOf('topic')),
  };
  return { deed, choices };
}

function oneOf(levels: readonly Level[], [value, ...more]: readonly string[]): Level {
  const level = levels.find((each) => each === value);
  if (!level || more.length) throw Problem.invalidField('/level', `must be one of ${levels.join(', ')}`);
  return level;
}

function parse(contentType: string, body: Buffer): Promise<[name: string, value: string][]> {
  return new Promise((resolve, reject) => {
    const broken = () => reject(Problem.invalidField('/', 'must be a form'));
    const fields: [string, string][] = [];
    try {
      const parser = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
      parser.on('field', (name, value, isNameCut, isValueCut) => {
        if (isNameCut || isValueCut) broken();
        else fields.push([name, value]);
      });
      for (const event of ['filesLimit', 'fieldsLimit', 'partsLimit', 'error'] as const) parser.on(event, broken);
      parser.on('file', broken);
      parser.on('finish', () => resolve(fields));
      parser.end(body);
    } catch {
      broken(); // neither of the two types, or without its boundary
    }
  });
}
