/**
 * Hosts that an operator allows: names, `*.example.com` for those below a domain, `*` for any, with commas between them.
 * Undefined: none.
 */
export function hostList(allowed: string | undefined): (host: string) => boolean {
  const patterns = (allowed ?? '').split(',').map((pattern) => pattern.trim().toLowerCase());
  return (host) => patterns.some((pattern) => matches(pattern, host.toLowerCase()));
}

/** A name or an IPv4 address, and nothing that a resolver or a URL could read as something else. */
const HOST = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

function matches(pattern: string, host: string): boolean {
  if (!HOST.test(host)) return false;
  if (pattern === '*') return true;
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
