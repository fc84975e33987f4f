import { isIP } from 'node:net';
import { EgressFault } from './egress-fault';
import { isGlobal, networkSet } from './networks';
import type { Resolve } from './name-resolver';

/** What an operator may widen. */
export interface EgressRules {
  /** Also http, on port 80. */
  allowHttp: boolean;
  /** Ports besides 443 and 8443. */
  ports: readonly number[];
  /** Networks that are not the public Internet and may be called all the same, as `10.1.0.0/16`. */
  networks: readonly string[];
}

/** An address of which every part was looked at, with the IP addresses that stand for its name from now on. */
export interface Target {
  url: URL;
  addresses: readonly string[];
}

const PORTS = [443, 8443];
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80 };
/** What URL parsers drop or turn into something else: what was written is then not what is called. */
const AMBIGUOUS = /[\p{Control}\p{Format}\p{White_Space}\\]/u;
const LONGEST = 2048;

const NOT_PUBLIC = 'must name a server on the public Internet';

/**
 * Says where addresses that tenants choose may lead (OWASP, Server-Side Request Forgery Prevention, case 2): a name is
 * resolved once, and every one of its addresses must be allowed, since any of them may be the one that is called.
 */
export class EgressGuard {
  private readonly ports: readonly number[];
  private readonly isAllowedNetwork: (address: string) => boolean;

  constructor(
    private readonly rules: EgressRules,
    private readonly resolve: Resolve,
  ) {
    this.ports = [...PORTS, ...rules.ports, ...(rules.allowHttp ? [80] : [])];
    this.isAllowedNetwork = networkSet(rules.networks);
  }

  /** Whether an address could be called at all, without asking what its name stands for. Throws EgressFault not_allowed. */
  checkForm(address: string): void {
    const host = hostOf(this.urlOf(address));
    if (isIP(host) && !this.mayConnect(host)) throw new EgressFault('not_allowed', NOT_PUBLIC);
  }

  /** Throws EgressFault not_allowed; `unreachable` only where the time ran out. */
  async target(address: string, signal: AbortSignal): Promise<Target> {
    const url = this.urlOf(address);
    const host = hostOf(url);
    const addresses = isIP(host) ? [host] : await this.resolve(host, signal);
    // A name that is unknown is answered as one that leads inside: which names there are inside is nobody's business.
    if (addresses.length === 0 || !addresses.every((each) => this.mayConnect(each)))
      throw new EgressFault('not_allowed', NOT_PUBLIC);
    return { url, addresses };
  }

  /** Whether a connection to this very IP address may be used. */
  mayConnect(address: string | undefined): boolean {
    return address !== undefined && (isGlobal(address) || this.isAllowedNetwork(address));
  }

  private urlOf(address: string): URL {
    if (address.length > LONGEST || AMBIGUOUS.test(address) || !URL.canParse(address)) throw this.badForm();
    const url = new URL(address);
    const defaultPort = DEFAULT_PORTS[url.protocol];
    if (defaultPort === undefined || (url.protocol === 'http:' && !this.rules.allowHttp)) throw this.badForm();
    if (url.username !== '' || url.password !== '') throw this.badForm();
    if (!this.ports.includes(url.port === '' ? defaultPort : Number(url.port))) throw this.badForm();
    url.hostname = url.hostname.replace(/\.$/, '');
    url.hash = '';
    return url;
  }

  private badForm(): EgressFault {
    const schemes = this.rules.allowHttp ? 'https or http' : 'https';
    const ports = [...new Set(this.ports)].join(', ');
    return new EgressFault('not_allowed', `must be a plain ${schemes} address without user name, on port ${ports}`);
  }
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
