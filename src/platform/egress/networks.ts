import { BlockList, isIP } from 'node:net';

/**
 * What is not the public Internet, from the registries of special-purpose addresses
 * (https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry), with multicast and what is
 * reserved.
 */
const NOT_GLOBAL_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10', // shared by carriers
  '127.0.0.0/8',
  '168.63.129.16/32', // given out, but inside Azure it is the host of the machine
  '169.254.0.0/16', // link-local; metadata of clouds
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24', // relays of 6to4
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3', // multicast, reserved, broadcast
];

/** Of IPv6 only 2000::/3 is given out; in it, and in front of it, stand addresses that carry an IPv4 address inside. */
const GLOBAL_V6 = '2000::/3';
const NOT_GLOBAL_V6 = [
  '2001::/23', // protocols, with Teredo in 2001::/32
  '2001:db8::/32',
  '2002::/16', // 6to4
  '2620:4f:8000::/48',
  '3fff::/20',
];

/** Networks as a set that knows whether an address is in one of them. An IPv4 address in IPv6 form is in the same ones. */
export function networkSet(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.trim().split('/');
    list.addSubnet(address, Number(bits), familyOf(address));
  }
  return (address) => isIP(address) !== 0 && list.check(address, familyOf(address));
}

const inSpecialV4 = networkSet(NOT_GLOBAL_V4);
const inGlobalV6 = networkSet([GLOBAL_V6]);
const inSpecialV6 = networkSet(NOT_GLOBAL_V6);

/** Whether an address belongs to the public Internet. What is no address in plain form does not. */
export function isGlobal(address: string): boolean {
  if (isIP(address) === 4) return !inSpecialV4(address);
  return isIP(address) === 6 && !address.includes('%') && inGlobalV6(address) && !inSpecialV6(address);
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
