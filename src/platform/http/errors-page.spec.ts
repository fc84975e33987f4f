import { describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorsPage } from './errors-page';

describe('docs/errors.md', () => {
  it('is what the catalogue says (UPDATE_DOCS=1 writes it)', () => {
    const path = join(__dirname, '../../../docs/errors.md');
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, errorsPage());
    expect(readFileSync(path, 'utf8')).toBe(errorsPage());
  });
});
