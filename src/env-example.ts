import './config';
import { docs } from './config-key';

/** Text of .env.example, made from the keys above so that it cannot lag behind. */
export function envExample(): string {
  const blocks = docs.map(({ key, about, fallback }) => `# ${about}\n#${key}=${fallback ?? ''}\n`);
  blocks.push('# Base URL of one provider instead of its own (regions, proxies, tests).\n#PROVIDER_URL_SENDGRID=\n');
  blocks.push('# Mail server instead of the one that a channel names, smtp://host:port.\n#PROVIDER_URL_SMTP=\n');
  return `# Every variable Carillon reads. Written by npm run env:example.\n\n${blocks.join('\n')}`;
}
