import { createHash } from 'node:crypto';

/** Contrast is 7:1 for texts and 4.5:1 for what can be pressed, in light and in dark. Sizes follow the reader's own font size. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #f4f5f7; --card: #fff; --ink: #1b2430; --soft: #465362; --edge: #d5dae1;
  --accent: #1d4f91; --on-accent: #fff; --good: #e6f4ea; --good-edge: #1e7d3c; --note: #fff6e0; --note-edge: #95690a; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #12161c; --card: #1b2129; --ink: #eef2f6; --soft: #bcc6d1; --edge: #364150;
    --accent: #9cc4ff; --on-accent: #0c1a2e; --good: #16301f; --good-edge: #59c37d; --note: #332a12; --note-edge: #d3a63c; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif;
  overflow-wrap: break-word; }
body { padding-top: 2rem; }
header, main, footer { max-width: 38rem; margin: 0 auto; padding: 0 1rem; }
header { font-weight: 650; color: var(--soft); }
footer { padding-bottom: 2.5rem; color: var(--soft); font-size: .9rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: .25rem 0 .5rem; letter-spacing: -.01em;
  text-wrap: balance; }
h2, legend { font-size: 1.15rem; line-height: 1.35; font-weight: 650; margin: 0; padding: 0; }
p { margin: .35rem 0; }
.soft { color: var(--soft); }
section, fieldset { border: 0; margin: 0; padding: 0; }
.card { background: var(--card); border: 1px solid var(--edge); border-radius: .75rem; padding: 1.4rem; margin: 1.25rem 0;
  box-shadow: 0 1px 2px rgb(20 30 45 / 6%); }
.banner { border: 1px solid var(--good-edge); border-left-width: .4rem; background: var(--good); border-radius: .5rem;
  padding: .75rem 1rem; margin: 1.25rem 0; }
.banner.note { border-color: var(--note-edge); background: var(--note); }
fieldset + fieldset { margin-top: 1.75rem; }
.choice { display: flex; gap: .75rem; align-items: flex-start; padding: .6rem 0; }
.choice input { flex: none; width: 1.35rem; height: 1.35rem; margin: .1rem 0 0; accent-color: var(--accent); }
.choice label { flex: 1; min-width: 0; font-weight: 550; }
.choice :enabled + label { cursor: pointer; }
.choice .hint { display: block; margin-top: .1rem; color: var(--soft); font-size: .95rem; font-weight: 400; }
button { font: inherit; font-weight: 600; min-height: 2.9rem; padding: .55rem 1.3rem; margin-top: .9rem; border-radius: .5rem;
  border: 2px solid var(--accent); background: var(--accent); color: var(--on-accent); cursor: pointer; max-width: 100%; }
button.quiet { background: transparent; color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .25rem; }
@media (max-width: 24rem) { button { width: 100%; } h1 { font-size: 1.4rem; } .card { padding: 1rem; } }
`;

/** The style may be what stands above and nothing else; scripts, images and other sites may be nothing at all. */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
];

/** For every page: the address holds a secret, and what it shows is for one person and for this moment. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY.join('; '),
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
};
