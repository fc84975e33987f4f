import { isMachine } from './robots';

const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36';

describe('a request', () => {
  it.each([
    ['Chrome', CHROME],
    [
      'Safari on a telephone',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
    ],
    ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'],
    [
      'Outlook',
      'Mozilla/4.0 (compatible; MSIE 7.0; Windows NT 10.0; WOW64; Trident/7.0; Microsoft Outlook 16.0.5266; ms-office)',
    ],
    [
      'Apple Mail without privacy protection',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)',
    ],
  ])('of %s is a person’s', (_, userAgent) => {
    expect(isMachine({ 'user-agent': userAgent })).toBe(false);
  });

  it.each([
    ['Apple’s privacy protection', 'Mozilla/5.0'],
    ['Gmail’s pictures', 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)'],
    ['Yahoo’s pictures', 'YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html'],
    ['a search engine', 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)'],
    ['a mail scanner', 'BarracudaCentral/1.0'],
    ['a preview in a chat', 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'],
    ['a program', 'python-requests/2.32.3'],
    ['nobody', ''],
    ['nobody at all', undefined],
  ])('of %s is a machine’s', (_, userAgent) => {
    expect(isMachine({ 'user-agent': userAgent })).toBe(true);
  });

  it.each([
    ['purpose', 'prefetch'],
    ['sec-purpose', 'prefetch;prerender'],
    ['x-purpose', 'preview'],
    ['x-moz', 'prefetch'],
  ])('of a browser that fetches in advance (%s: %s) is a machine’s', (name, value) => {
    expect(isMachine({ 'user-agent': CHROME, [name]: value })).toBe(true);
  });
});
