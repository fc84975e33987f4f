import { lookup as systemLookup } from 'node:dns';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { connect as connectPlain, isIP, Socket, type LookupFunction } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { callbackify } from 'node:util';
import { EgressFault } from './egress-fault';
import { hostList } from './host-list';
import { isGlobal } from './networks';
import type { Resolve } from './name-resolver';

const NOT_PUBLIC = 'must name a server on the public Internet, or one that the operator allows';
const LOOK_UP_MS = 5_000;

/**
 * Where sockets of a client that is not ours may lead, when a tenant named the server. A host that the operator allows is looked
 * up as the system does it; of every other all addresses must be public, and the socket gets no others: the look-up that is
 * checked is the one that is connected to, for redirects and for servers that name further servers too.
 */
export class GuardedLookup {
  private readonly isAllowed: (host: string) => boolean;

  constructor(
    allowedHosts: string | undefined,
    private readonly resolve: Resolve,
  ) {
    this.isAllowed = hostList(allowedHosts);
  }

  /** Whether the operator allows the host by name, and so also without TLS and inside the network. */
  allows(host: string): boolean {
    return this.isAllowed(host);
  }

  /** Throws EgressFault not_allowed for an address in digits that is not public: Node looks up no name for it. */
  checkDigits(host: string): void {
    if (isIP(host) && !this.isAllowed(host) && !isGlobal(host)) throw new EgressFault('not_allowed', NOT_PUBLIC);
  }

  /** For clients that speak HTTP. Ask checkDigits for the host as well. */
  agents(): { httpAgent: HttpAgent; httpsAgent: HttpsAgent } {
    const options = { keepAlive: true, lookup: this.lookup };
    return { httpAgent: new HttpAgent(options), httpsAgent: new HttpsAgent(options) };
  }

  /** A connection for clients that speak something else; one that is not allowed fails as any other does. */
  connect(
    { host, port }: { host: string; port: number },
    tls: ConnectionOptions | null,
    onConnect: () => void,
  ): Socket {
    try {
      this.checkDigits(host);
    } catch (error) {
      return new Socket().destroy(error instanceof Error ? error : undefined);
    }
    const options = { host, port, lookup: this.lookup };
    if (!tls) return connectPlain(options, onConnect);
    return connectTls({ ...options, ...(isIP(host) ? {} : { servername: host }), ...tls }, onConnect);
  }

  private readonly lookup: LookupFunction = (host, options, callback) => {
    if (this.isAllowed(host)) return systemLookup(host, options, callback);
    this.lookupPublic(host, (error, addresses) => {
      if (error) return callback(error, '');
      const all = addresses.map((address) => ({ address, family: isIP(address) }));
      const [first] = all;
      return options.all ? callback(null, all) : callback(null, first?.address ?? '', first?.family);
    });
  };

  private readonly lookupPublic = callbackify((host: string) => this.publicAddresses(host));

  private async publicAddresses(host: string): Promise<string[]> {
    const addresses = isIP(host) ? [host] : await this.resolve(host, AbortSignal.timeout(LOOK_UP_MS));
    if (addresses.length === 0 || !addresses.every((address) => isGlobal(address)))
      throw new EgressFault('not_allowed', NOT_PUBLIC);
    return addresses;
  }
}
