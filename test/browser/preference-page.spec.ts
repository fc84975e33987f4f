import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { PageLinks } from '../../src/preferences/page/page-links';
import { uuidv7 } from '../../src/platform/db/uuid';
import { linkFor, suppressed } from '../http/page-visits';
import { startApp, type TestApp, type TestTenant } from '../support/app';
import { faultsOf } from './axe';
import { describeInBrowser, launch, picture } from './chromium';

const DESKTOP = { width: 1280, height: 900 };
/** Also a desktop at 400 % (WCAG 1.4.10). */
const PHONE = { width: 320, height: 640 };

describeInBrowser('the preference page, without JavaScript', () => {
  let app: TestApp;
  let tenant: TestTenant;
  let browser: Browser;

  beforeAll(async () => {
    [app, browser] = await Promise.all([startApp(), launch()]);
    tenant = await app.tenant();
    await app.sql(`UPDATE tenant SET name = 'Blumenhaus Müller' WHERE id = $1`, [tenant.tenantId]);
    const topics: [string, object][] = [
      ['orders', { title: 'Bestellungen', description: 'Bestätigung, Versand, Rechnung', isCritical: true }],
      ['newsletter', { title: 'Newsletter', description: 'Jeden Freitag' }],
      ['workshops', { title: 'Kurse und Veranstaltungen', defaults: { EMAIL: false } }],
    ];
    for (const [name, body] of topics) await tenant.api.put(`/topics/${name}`, body);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
  });

  /** Opens it as a careful person does: no scripts. Whatever the browser complains about is in `complaints`. */
  const open = async (url: string, options: BrowserContextOptions = {}) => {
    const context = await browser.newContext({ viewport: DESKTOP, javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(url);
    return { page, complaints, close: () => context.close() };
  };

  const german = async (email: string) => {
    await tenant.api.post('/contacts', { email, language: 'de' });
    return linkFor(app, tenant, email, { topic: 'newsletter', bare: true });
  };

  const box = (page: Page, name: RegExp) => page.getByRole('checkbox', { name });
  const isTicked = (page: Page, name: RegExp) => box(page, name).isChecked();

  it('keeps what a person chooses, and shows it again', async () => {
    const url = await german('ada@example.com');
    const { page, complaints, close } = await open(url);
    await picture(page, 'choices-desktop');
    expect(await page.title()).toBe('Ihre Nachrichten von Blumenhaus Müller');
    expect(await box(page, /Bestellungen/).isDisabled()).toBe(true);
    expect([await isTicked(page, /Newsletter/), await isTicked(page, /Kurse/)]).toEqual([true, false]);

    await box(page, /Newsletter/).uncheck();
    await box(page, /Kurse/).check();
    await page.getByRole('radio', { name: /Keine Werbung/ }).check();
    await page.getByRole('button', { name: 'Speichern' }).click();
    expect(await page.getByRole('status').innerText()).toContain('Gespeichert');
    await picture(page, 'saved-desktop');
    await page.goto(url);
    expect([await isTicked(page, /Newsletter/), await isTicked(page, /Kurse/)]).toEqual([false, true]);
    expect(await page.getByRole('radio', { name: /Keine Werbung/ }).isChecked()).toBe(true);
    expect(await suppressed(app, tenant, 'ada@example.com')).toMatchObject([{ purpose: 'MARKETING' }]);
    expect(complaints).toEqual([]);
    await close();
  });

  it('lets a person out by one press, also by the keyboard alone', async () => {
    const url = await german('grace@example.com');
    const { page, close } = await open(url);
    await page.keyboard.press('Tab');
    const button = page.getByRole('button', { name: '„Newsletter“ abbestellen' });
    expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
    await page.keyboard.press('Enter');
    await page.getByRole('status').waitFor();
    expect(await page.getByRole('status').innerText()).toContain('Sie sind abgemeldet');
    expect([await button.count(), await isTicked(page, /Newsletter/)]).toEqual([0, false]);
    await close();
  });

  it('confirms by a button', async () => {
    const url = confirmUrl('joan@example.com');
    await tenant.api.post('/contacts', { email: 'joan@example.com' });
    const { page, complaints, close } = await open(url);
    await picture(page, 'confirm-desktop');
    await page.getByRole('button', { name: 'Yes, I want this' }).click();
    expect(await page.getByRole('status').innerText()).toContain('this is confirmed');
    await page.goto(url);
    expect(await page.getByRole('status').innerText()).toContain('used before');
    expect(complaints).toEqual([]);
    await close();
  });

  it('fits a telephone, and four times the size on a desktop, without a bar to scroll sideways', async () => {
    const links = [await german('small@example.com'), confirmUrl('small@example.com'), `${app.url}/p/unknown`];
    for (const [index, url] of links.entries()) {
      const { page, close } = await open(url, { viewport: PHONE, javaScriptEnabled: true });
      await picture(page, `phone-${index}`);
      const width = await page.evaluate('document.documentElement.scrollWidth');
      expect([index, width]).toEqual([index, PHONE.width]);
      await close();
    }
  });

  it('wears its own style under its own policy, in light and in dark', async () => {
    const url = await german('style@example.com');
    const colours: string[] = [];
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page, complaints, close } = await open(url, { colorScheme, javaScriptEnabled: true });
      await picture(page, `choices-${colorScheme}`);
      colours.push(String(await page.evaluate('getComputedStyle(document.body).backgroundColor')));
      expect(complaints).toEqual([]);
      await close();
    }
    expect(colours).toEqual(['rgb(244, 245, 247)', 'rgb(18, 22, 28)']);
  });

  it('has nothing that axe finds wrong, on any page, in light and dark, wide and narrow', async () => {
    const locked = await german('locked@example.com');
    await tenant.api.post('/suppressions', {
      channelType: 'EMAIL',
      address: 'locked@example.com',
      reason: 'COMPLAINED',
    });
    await tenant.api.post('/contacts', { email: 'axe@example.com', language: 'fr' });
    const pages = [await german('axe.too@example.com'), locked, confirmUrl('axe@example.com'), `${app.url}/p/unknown`];
    for (const [index, url] of pages.entries())
      for (const options of [{ viewport: DESKTOP }, { viewport: PHONE, colorScheme: 'dark' as const }])
        expect([index, await faultsOf(browser, url, options)]).toEqual([index, []]);
  });

  function confirmUrl(address: string): string {
    const expiresAt = new Date(Date.now() + 60_000);
    const of = { tenantId: tenant.tenantId, channelType: 'EMAIL' as const, address, topic: 'workshops' };
    return app.runtime.app.get(PageLinks).confirmUrl({ ...of, requestId: uuidv7(), expiresAt });
  }
});
