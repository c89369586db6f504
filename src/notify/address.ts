import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/** An address a connection is made to, fixed once it has been looked up and checked. */
export type Pinned = { readonly address: string; readonly family: 4 | 6 };

/** Looks up all addresses of a name; throws when there are none. */
export type Resolve = (host: string) => Promise<readonly Pinned[]>;

export const resolveHost: Resolve = async (host) => {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

/** Where no message of ours belongs even on a local network: metadata, multicast, no address. */
const NEVER = blockList(
  ['169.254.0.0/16', '224.0.0.0/4', '0.0.0.0/8', '255.255.255.255/32'],
  ['fe80::/10', 'ff00::/8', '::/128'],
);

/** Special-purpose addresses of IPv4 (RFC 6890 and its registry). */
const NOT_PUBLIC = blockList(
  [
    '0.0.0.0/8',
    '10.0.0.0/8',
    '100.64.0.0/10',
    '127.0.0.0/8',
    '169.254.0.0/16',
    '172.16.0.0/12',
    '192.0.0.0/24',
    '192.0.2.0/24',
    '192.88.99.0/24',
    '192.168.0.0/16',
    '198.18.0.0/15',
    '198.51.100.0/24',
    '203.0.113.0/24',
    '224.0.0.0/3',
  ],
  // Within 2000::/3: Teredo and its kind, documentation, 6to4, which can all carry IPv4 inside.
  ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'],
);

/** The global unicast addresses of IPv6; everything outside is mapped, private or local. */
const GLOBAL_V6 = blockList([], ['2000::/3']);

/**
 * The one address to connect to. A name that has any address on this machine, a private network, a
 * link or a cloud's metadata service is refused as a whole: half of a trap is a trap.
 *
 * @param lan the configuration entry says that this endpoint is on the local network
 * @throws Error naming the address that was refused
 */
export async function pin(host: string, lan: boolean, resolve: Resolve): Promise<Pinned> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  const literal = isIP(bare);
  const found: readonly Pinned[] =
    literal === 0 ? await resolve(bare) : [{ address: bare, family: literal === 6 ? 6 : 4 }];
  const bad = found.find((a) => !isAllowed(a, lan));
  if (bad !== undefined) {
    throw new Error(
      `${bare} has the address ${bad.address}, which is ${lan ? 'never' : 'not'} allowed for a channel`,
    );
  }
  const [first] = found;
  if (first === undefined) throw new Error(`${bare} has no address`);
  return first;
}

export function isAllowed({ address, family }: Pinned, lan: boolean): boolean {
  const kind = family === 6 ? 'ipv6' : 'ipv4';
  if (NEVER.check(address, kind)) return false;
  if (lan) return true;
  return !NOT_PUBLIC.check(address, kind) && (family === 4 || GLOBAL_V6.check(address, 'ipv6'));
}

function blockList(v4: readonly string[], v6: readonly string[]): BlockList {
  const list = new BlockList();
  for (const [subnets, family] of [
    [v4, 'ipv4'],
    [v6, 'ipv6'],
  ] as const) {
    for (const subnet of subnets) {
      const [net = '', prefix] = subnet.split('/');
      list.addSubnet(net, Number(prefix), family);
    }
  }
  return list;
}
