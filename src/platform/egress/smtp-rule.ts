import { hostList } from './host-list';

/** Submission and relay; whoever chooses a port freely can talk to anything that listens. */
const PORTS: readonly number[] = [25, 465, 587, 2525];

/** Why a server may not be called; undefined: it may. */
export type SmtpRule = (host: string, port: number) => 'host_not_allowed' | 'port_not_allowed' | undefined;

/**
 * Which mail servers may be called. Tenants choose them, so the operator says which: `allowed` are host names,
 * `*.example.com` for those below a domain and `*` for any. With `only` (smtp://host:port) it is that server and no other.
 */
export function smtpRule({ allowed, only }: { allowed?: string | undefined; only?: string | undefined }): SmtpRule {
  if (only !== undefined) {
    const { hostname, port } = new URL(only);
    return (host, wanted) =>
      host.toLowerCase() === hostname.toLowerCase() && String(wanted) === port ? undefined : 'host_not_allowed';
  }
  const mayCall = hostList(allowed);
  return (host, port) => {
    if (!mayCall(host)) return 'host_not_allowed';
    return PORTS.includes(port) ? undefined : 'port_not_allowed';
  };
}
