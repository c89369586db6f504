import * as z from 'zod';
import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import type { ProfileSource } from '../port.ts';
import { check } from '../schema.ts';
import { isLoopback } from './endpoint.ts';
import { compileMaps, type MessageMap } from './map.ts';
import { placeholdersOf, profileSchema, fill, type Profile, type ProfileCommand } from './profile.ts';
import { BROKER_KEYS, CLIENT_KEYS, settingsSchema, type DeviceSettings, type Settings } from './settings.ts';

/** A checked connection: its settings, what its messages mean, what its devices can be told. */
export type Plan = {
  readonly settings: Settings;
  readonly streams: readonly StreamSpec[];
  readonly maps: readonly MessageMap[];
  /** Device → verb → order, topics filled in. */
  readonly commands: ReadonlyMap<string, ReadonlyMap<string, ProfileCommand>>;
  readonly profiles: readonly string[];
};

/** Checks everything and gives all problems at once. */
export function planMqtt(raw: unknown, profiles: ProfileSource): Checked<Plan> {
  const checked = check(settingsSchema, raw);
  const { found, problems } = profilesOf(raw, profiles);
  if (!checked.ok) return { ok: false, problems: [...checked.problems.map(withoutSecret), ...problems] };
  const settings = checked.value;
  problems.push(...roleProblems(settings, raw), ...deviceProblems(settings, found));
  if (problems.length > 0) return { ok: false, problems };
  const devices = settings.devices.flatMap((d) => {
    const profile = found.get(d.profile);
    return profile === undefined ? [] : [planDevice(d, profile, levelOf(settings))];
  });
  const commands = devices.filter((d) => d.commands.size > 0).map((d) => [d.id, d.commands] as const);
  return {
    ok: true,
    value: {
      settings,
      streams: devices.flatMap((d) => d.streams),
      maps: devices.flatMap((d) => d.maps),
      commands: new Map(commands),
      profiles: [...found.keys()],
    },
  };
}

/** What stands where a secret belongs may be one: it is not shown. */
function withoutSecret({ found, ...problem }: Problem): Problem {
  const isSecret = ['password', 'key'].includes(String(problem.path.at(-1)));
  return isSecret || found === undefined ? problem : { ...problem, found };
}

function planDevice(d: DeviceSettings, profile: Profile, level: 1 | 2) {
  const words = wordsOf(d);
  const streams = new Map(profile.channels.map((c) => [c.id, streamOf(d, c, level)]));
  const maps = compileMaps(profile, { id: d.id, words, streams });
  const commands = new Map(
    profile.commands.map((c) => {
      const confirm =
        c.confirm === undefined ? {} : { confirm: { ...c.confirm, topic: fill(c.confirm.topic, words) } };
      return [c.verb, { verb: c.verb, topic: fill(c.topic, words), payload: c.payload, ...confirm }] as const;
    }),
  );
  return { id: d.id, streams: [...streams.values()], maps, commands };
}

function streamOf(d: DeviceSettings, channel: Profile['channels'][number], level: 1 | 2): StreamSpec {
  return {
    id: `${d.id}/${channel.id}`,
    dev: d.id,
    ch: channel.id,
    kind: 1,
    quantity: channel.quantity,
    unit: channel.unit,
    exp: channel.exp,
    cadenceMs: d.every,
    maxGapMs: d['max-gap'] ?? 3 * d.every,
    place: d.zone ?? '',
    src: d.src ?? level,
    urgent: channel.urgent,
  };
}

function wordsOf(d: DeviceSettings): Record<string, string> {
  return { topic: d.topic, ...(d.address === undefined ? {} : { address: d.address }) };
}

/**
 * 2 when the device itself is known: it signs in to our own broker with its own account, where
 * nobody can listen. A broker elsewhere vouches for itself, not for who published.
 */
function levelOf(s: Settings): 1 | 2 {
  const safe = s.cert !== undefined || isLoopback(s.listen?.host ?? '127.0.0.1');
  return s.broker !== undefined && s.accounts.length > 0 && safe ? 2 : 1;
}

function roleProblems(s: Settings, raw: unknown): Problem[] {
  const problems: Problem[] = [];
  const written = z.record(z.string(), z.unknown()).catch({}).parse(raw);
  if ((s.url === undefined) === (s.broker === undefined)) {
    problems.push({ path: [], message: 'must have either url: of a broker or broker: embedded' });
  }
  const foreign = s.broker === undefined ? BROKER_KEYS : CLIENT_KEYS;
  const whose = s.broker === undefined ? 'the embedded broker (broker: embedded)' : 'a client (url: …)';
  for (const key of foreign) {
    if (key in written && !(key === 'url' && s.broker !== undefined)) {
      problems.push({ path: [key], message: `belongs to ${whose}` });
    }
  }
  if (s.broker !== undefined) {
    if (s.version === 5)
      problems.push({
        path: ['version'],
        message: 'must be 3.1.1; the embedded broker has no other',
        found: '5',
      });
    if (s.listen !== undefined && !isLoopback(s.listen.host) && s.accounts.length === 0) {
      const message = 'is reachable from outside and needs accounts: with user and password';
      problems.push({ path: ['listen'], message, found: s.listen.host });
    }
    if (s.ca !== undefined && s.cert === undefined)
      problems.push({ path: ['ca'], message: 'needs cert and key of the broker' });
  } else if (s.url?.tls === false && (s.ca ?? s.cert) !== undefined) {
    problems.push({ path: ['url'], message: 'must be mqtts:// to use certificates', found: 'mqtt://' });
  }
  if ((s.cert === undefined) !== (s.key === undefined))
    problems.push({ path: ['cert'], message: 'and key: go together' });
  if (s.password !== undefined && s.user === undefined)
    problems.push({ path: ['password'], message: 'needs user:' });
  return problems;
}

function deviceProblems(s: Settings, found: ReadonlyMap<string, Profile>): Problem[] {
  const problems: Problem[] = [];
  const at = (i: number, key: string, message: string, value?: string) =>
    problems.push({ path: ['devices', i, key], message, ...(value === undefined ? {} : { found: value }) });
  const users = s.accounts.map((a) => a.user);
  const ids = new Map<string, number>();
  const sources = new Map<string, number>();
  for (const [i, d] of s.devices.entries()) {
    const sameId = ids.get(d.id);
    if (sameId !== undefined) at(i, 'id', `must be different from that of devices.${sameId}`, d.id);
    ids.set(d.id, i);
    // Devices may share a topic (two probes on one board) when profile or address tells them apart.
    const source = [d.topic, d.profile, d.address].join('\n');
    const same = sources.get(source);
    if (same !== undefined) at(i, 'topic', `with this profile is read by devices.${same} already`, d.topic);
    sources.set(source, i);
    const profile = found.get(d.profile);
    const wanted = profile === undefined ? new Set<string>() : placeholdersOf(profile);
    if (wanted.has('address') && d.address === undefined)
      at(i, 'address', `is missing; profile ${d.profile} needs it`);
    if (profile !== undefined && !wanted.has('address') && d.address !== undefined) {
      at(i, 'address', `means nothing to profile ${d.profile}`, d.address);
    }
    if ((profile?.commands.length ?? 0) > 0 && d.topic.includes('+')) {
      at(i, 'topic', 'must be one topic, because orders are sent to it', d.topic);
    }
    if (users.length > 0 && !users.includes(d.account ?? '')) {
      at(i, 'account', `must be one of ${users.join(', ')}`, d.account);
    }
    if (users.length === 0 && d.account !== undefined)
      at(i, 'account', 'needs accounts: of the embedded broker', d.account);
    if ((d.src ?? 0) > levelOf(s))
      at(i, 'src', `must be at most ${levelOf(s)} here; it can only be lowered`, String(d.src));
    const gap = d['max-gap'];
    if (gap !== undefined && gap < d.every)
      at(i, 'max-gap', `must be at least every, ${d.every}ms`, `${gap}ms`);
  }
  return problems;
}

/** Looks up what the devices name, even when the rest of the entry is wrong: all problems at once. */
function profilesOf(raw: unknown, profiles: ProfileSource) {
  const found = new Map<string, Profile>();
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const node = z.record(z.string(), z.unknown());
  const loose = z.looseObject({ devices: z.array(node.catch({})) }).safeParse(raw);
  for (const [i, entry] of (loose.success ? loose.data.devices : []).entries()) {
    const name = entry['profile'];
    if (typeof name !== 'string' || seen.has(name)) continue;
    seen.add(name);
    const source = profiles(name);
    if (source === undefined || source === null) {
      const path = ['devices', i, 'profile'];
      problems.push({ path, message: 'is not a profile in config/profiles', found: name });
      continue;
    }
    const checked = check(profileSchema, source);
    if (checked.ok) found.set(name, checked.value);
    else problems.push(...checked.problems.map((p) => ({ ...p, file: name })));
  }
  return { found, problems };
}
