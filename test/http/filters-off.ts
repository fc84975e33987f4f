import { Client } from 'pg';

/** A condition on the tenant in the text of a statement, however the table is called in it. */
const FILTER = /(?:"?\w+"?\.)?"?\btenant_?id"?\s*=\s*(\$\d+)(?:::uuid)?/gi;

/** What must be gone after the rewriting: a comparison of the tenant with a parameter in any other form. */
const LEFT_OVER = /"?\btenant_?id"?\s*(=|IN|<>|!=)\s*(ANY)?\s*\(*\s*\$/i;

export interface FiltersOff {
  /** Distinct statements that lost at least one condition. */
  texts: Set<string>;
  /** Statements in which a condition was found that could not be taken out. */
  missed: string[];
  restore(): void;
}

interface Statement {
  text: string;
  name?: string;
}

type Query = (this: Client, ...input: unknown[]) => unknown;

/**
 * Takes the condition on the tenant out of every statement of the login `role`, as if whoever wrote them had forgotten it.
 * The parameter stays, because PostgreSQL wants every one to be used.
 */
export function switchFiltersOff(role: string): FiltersOff {
  const prototype = Client.prototype as unknown as { query: Query };
  const query = prototype.query;
  const off: FiltersOff = { texts: new Set(), missed: [], restore: () => void (prototype.query = query) };

  const rewritten = (text: string): string => {
    const bare = text.replace(FILTER, '($1::uuid IS NOT NULL)');
    if (bare !== text) off.texts.add(text);
    if (LEFT_OVER.test(bare)) off.missed.push(text);
    return bare;
  };

  prototype.query = function (first, ...rest) {
    if (this.user !== role) return query.call(this, first, ...rest);
    if (typeof first === 'string') return query.call(this, rewritten(first), ...rest);
    const { text, name, ...others } = first as Statement;
    // A prepared statement keeps its text under its name; the rewritten one needs a name of its own.
    return query.call(this, { ...others, text: rewritten(text), ...(name && { name: `${name}-bare` }) }, ...rest);
  };
  return off;
}
