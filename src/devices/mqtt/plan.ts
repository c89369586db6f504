import type { Checked, Problem } from '../../domain/errors.ts';
import type { StreamSpec } from '../../domain/stream.ts';
import { namedProfiles } from '../named-profiles.ts';
import type { ProfileSource } from '../port.ts';
import { check } from '../schema.ts';
import { compileMaps, type MessageMap } from './map.ts';
import { checkProfile, fill, type Profile, type ProfileCommand } from './profile.ts';
import { levelOf, relationProblems } from './relations.ts';
import { settingsSchema, type DeviceSettings, type Settings } from './settings.ts';

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
  const { found, problems } = namedProfiles(raw, 'devices', profiles, checkProfile);
  if (!checked.ok) problems.push(...checked.problems.map(withoutSecret));
  problems.push(...relationProblems(raw, found));
  if (!checked.ok || problems.length > 0) return { ok: false, problems };
  const settings = checked.value;
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
