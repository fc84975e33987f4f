import type { Kit } from '../kit';

const good = { host: 'mail.acme.example', port: '587', security: 'starttls' };
const password = 'correct horse battery staple';

/** No webhook, hence nothing to sign; no HTTP, hence no answers: smtp-outcomes.spec.ts has them. */
export const smtp: Kit = {
  credentials: { ...good, user: 'news@acme.example', password },
  secrets: [password],
  badCredentials: {
    '/credentials/host': { ...good, host: 'mail.acme.example:25/x' },
    '/credentials/port': { ...good, port: '22' },
    '/credentials/security': { ...good, security: 'maybe' },
    '/credentials/user': { ...good, user: 'a\r\nb' },
    '/credentials/password': { ...good, password: '' },
    '/credentials/proxy': { ...good, proxy: 'socks5://127.0.0.1' },
  },
  settings: { fromName: 'Acme' },
  from: { EMAIL: 'news@acme.example' },
};
