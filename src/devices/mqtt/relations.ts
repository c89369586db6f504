import type * as z from 'zod';
import type { Problem } from '../../domain/errors.ts';
import { formatDuration } from '../../domain/units.ts';
import { isLoopback } from '../endpoint.ts';
import { mapOf, mapsIn, readable } from '../schema.ts';
import { placeholdersOf, type Profile } from './profile.ts';
import { BROKER_KEYS, CLIENT_KEYS, connectionSchema, deviceSchema } from './settings.ts';

const CONNECTION = connectionSchema.partial();
const DEVICE = deviceSchema.partial();

type Connection = z.output<typeof CONNECTION>;

/**
 * What one field of an entry must be because of another, as far as both can be read: a fault in a
 * third field hides nothing.
 */
export function relationProblems(raw: unknown, profiles: ReadonlyMap<string, Profile>): Problem[] {
  const written = mapOf(raw);
  const s = readable(CONNECTION, raw);
  return [...roleProblems(s, written), ...deviceProblems(s, written, profiles)];
}

/**
 * 2 when the device itself is known: it signs in to our own broker with its own account, where
 * nobody can listen. A broker elsewhere vouches for itself, not for who published.
 */
export function levelOf({ cert, listen, broker, accounts = [] }: Connection): 1 | 2 {
  const safe = cert !== undefined || isLoopback(listen?.host ?? '127.0.0.1');
  return broker !== undefined && accounts.length > 0 && safe ? 2 : 1;
}

function roleProblems(s: Connection, written: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  const isBroker = 'broker' in written;
  if ('url' in written === isBroker) {
    problems.push({ path: [], message: 'must have either url: of a broker or broker: embedded' });
  }
  const whose = isBroker ? 'a client (url: …)' : 'the embedded broker (broker: embedded)';
  for (const key of isBroker ? CLIENT_KEYS : BROKER_KEYS) {
    if (key in written && key !== 'url') problems.push({ path: [key], message: `belongs to ${whose}` });
  }
  if (isBroker) problems.push(...brokerProblems(s, written));
  else if (s.url?.tls === false && ('ca' in written || 'cert' in written)) {
    problems.push({ path: ['url'], message: 'must be mqtts:// to use certificates', found: 'mqtt://' });
  }
  if ('cert' in written !== 'key' in written)
    problems.push({ path: ['cert'], message: 'and key: go together' });
  if ('password' in written && !('user' in written))
    problems.push({ path: ['password'], message: 'needs user:' });
  return problems;
}

function brokerProblems(s: Connection, written: Readonly<Record<string, unknown>>): Problem[] {
  const problems: Problem[] = [];
  if (s.version === 5) {
    const message = 'must be 3.1.1; the embedded broker has no other';
    problems.push({ path: ['version'], message, found: '5' });
  }
  if (s.listen !== undefined && !isLoopback(s.listen.host) && !('accounts' in written)) {
    const message = 'is reachable from outside and needs accounts: with user and password';
    problems.push({ path: ['listen'], message, found: s.listen.host });
  }
  if ('ca' in written && !('cert' in written))
    problems.push({ path: ['ca'], message: 'needs cert and key of the broker' });
  return problems;
}

function deviceProblems(
  s: Connection,
  written: Readonly<Record<string, unknown>>,
  profiles: ReadonlyMap<string, Profile>,
): Problem[] {
  const problems: Problem[] = [];
  const at = (i: number, key: string, message: string, value?: string) =>
    problems.push({ path: ['devices', i, key], message, ...(value === undefined ? {} : { found: value }) });
  const users = mapsIn(written, 'accounts').map(({ user }) => String(user));
  const isLevelKnown = ['cert', 'listen', 'broker', 'accounts'].every((key) => !(key in written) || key in s);
  const ids = new Map<string, number>();
  const sources = new Map<string, number>();
  for (const [i, raw] of mapsIn(written, 'devices').entries()) {
    const d = readable(DEVICE, raw);
    const sameId = ids.get(d.id ?? '');
    if (sameId !== undefined) at(i, 'id', `must be different from that of devices.${sameId}`, d.id);
    if (d.id !== undefined) ids.set(d.id, i);
    // Devices may share a topic (two probes on one board) when profile or address tells them apart.
    const source = [d.topic, d.profile, d.address ?? raw['address']].join('\n');
    const same = d.topic === undefined || d.profile === undefined ? undefined : sources.get(source);
    if (same !== undefined) at(i, 'topic', `with this profile is read by devices.${same} already`, d.topic);
    sources.set(source, i);
    const profile = profiles.get(d.profile ?? '');
    const wanted = profile === undefined ? new Set<string>() : placeholdersOf(profile);
    if (wanted.has('address') && !('address' in raw))
      at(i, 'address', `is missing; profile ${d.profile} needs it`);
    if (profile !== undefined && !wanted.has('address') && 'address' in raw) {
      at(i, 'address', `means nothing to profile ${d.profile}`, d.address);
    }
    if ((profile?.commands.length ?? 0) > 0 && d.topic?.includes('+') === true) {
      at(i, 'topic', 'must be one topic, because orders are sent to it', d.topic);
    }
    if (users.length > 0 && !users.includes(String(raw['account']))) {
      at(i, 'account', `must be one of ${users.join(', ')}`, d.account);
    }
    if (!('accounts' in written) && 'account' in raw)
      at(i, 'account', 'needs accounts: of the embedded broker', d.account);
    if (isLevelKnown && (d.src ?? 0) > levelOf(s))
      at(i, 'src', `must be at most ${levelOf(s)} here; it can only be lowered`, String(d.src));
    const gap = d['max-gap'];
    if (gap !== undefined && d.every !== undefined && gap < d.every)
      at(i, 'max-gap', `must be at least every, ${formatDuration(d.every)}`, formatDuration(gap));
  }
  return problems;
}
