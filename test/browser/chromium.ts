import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';

/** Where distributions put it; CHROMIUM names another place. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const chromiumPath = [process.env['CHROMIUM'] ?? '', ...PLACES].find((path) => path !== '' && existsSync(path));

/** `describe` where there is a browser; else everything in it is skipped, and said so where nobody overlooks it. */
export const describeInBrowser: jest.Describe = chromiumPath ? describe : skipLoudly();

/** The system's own Chromium: nothing is downloaded. */
export function launch(): Promise<Browser> {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath: chromiumPath ?? '', args: [...asRoot, '--disable-dev-shm-usage'] });
}

/** Keeps a picture where SCREENSHOTS names a folder, for somebody to look at. */
export async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (folder) await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

function skipLoudly(): jest.Describe {
  const line = '='.repeat(100);
  process.stderr.write(
    `\n${line}\nNOTICE: no Chromium was found, so the tests in a browser are SKIPPED. Install it (apt-get install chromium), or\nname it: CHROMIUM=/path/to/chromium. Looked at ${PLACES.join(', ')}.\n${line}\n\n`,
  );
  return describe.skip;
}
