import { readFileSync } from 'node:fs';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong on a page, as `rule: element`; in a context of its own, because axe needs the scripts that we forbid. */
export async function faultsOf(browser: Browser, url: string, options: BrowserContextOptions): Promise<string[]> {
  const context = await browser.newContext({ ...options, bypassCSP: true, javaScriptEnabled: true });
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.addScriptTag({ content: AXE });
    const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults;
    if (!passes.length) throw new Error('axe looked at nothing');
    return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => `${impact} ${id}: ${html}`));
  } finally {
    await context.close();
  }
}
