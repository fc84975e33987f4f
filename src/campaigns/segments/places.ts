/** What a place may hold; the only words about a value that stand in a statement. */
export type SqlType = 'text' | 'text[]' | 'numeric' | 'integer' | 'timestamptz' | 'uuid' | 'jsonb' | 'jsonb[]';

/**
 * The values of a statement in the making. Each gets a place, `$4::text`, so that nothing a tenant wrote ever stands in the
 * text of the statement, whatever it is: names of attributes have places too.
 */
export class Places {
  readonly values: unknown[] = [];

  /** @param first number of the first place that is free */
  constructor(private readonly first: number) {}

  of(value: unknown, type: SqlType): string {
    this.values.push(value);
    return `$${this.first + this.values.length - 1}::${type}`;
  }
}
