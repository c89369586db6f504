import { Repeats } from '../repeats.ts';
import type { Sample, SampleProblem, SampleReading, SampleTrial } from '../sample.ts';
import { Message, type Draft } from './message.ts';
import { planMqtt, type Plan } from './plan.ts';
import { checkProfile, fill, type Profile } from './profile.ts';
import { onlyOnce, placedProblem, tooLarge, unknownHealth } from './sample-problems.ts';
import { messagesOn, type OnTopic } from './sample-topic.ts';
import { unusedOf, useOf } from './sample-use.ts';

/** A message as an installer has it in a file, and what is known of where it came from. */
export type SampleMessage = {
  readonly payload: Uint8Array;
  readonly topic: string | null;
  readonly address: string | null;
  /** When it is taken to have arrived, ms. */
  readonly receivedAt: number;
};

const DEVICE = 'sample';

/** Takes a sample message through a payload map as the gateway would, and says what became of each part. */
export function tryMessage(map: unknown, given: SampleMessage): SampleTrial {
  const checked = checkProfile(map);
  if (!checked.ok) return { kind: 'map', problems: checked.problems };
  const profile = checked.value;
  const found = messagesOn(profile, given.topic, given.address);
  if (found.kind === 'ask') return found;
  if (found.kind === 'none') {
    const problems: SampleProblem[] = [{ in: 'map', path: ['messages'], message: found.message }];
    return { kind: 'taken', sample: { ...EMPTY, as: given.topic ?? '', problems } };
  }
  const planned = planMqtt(entryOf(found.on), () => map);
  if (!planned.ok) {
    return {
      kind: 'ask',
      question: planned.problems.map((p) => `${p.path.join('.')} ${p.message}`).join('; '),
    };
  }
  return { kind: 'taken', sample: taken(profile, planned.value, found.on, given) };
}

const EMPTY: Sample = { as: '', readings: [], health: [], absent: [], unused: [], problems: [] };

function entryOf({ words }: OnTopic) {
  const device = { id: DEVICE, profile: DEVICE, every: '60s', 'max-gap': '7d', ...words };
  return { id: 'connection', driver: 'mqtt', url: 'mqtt://127.0.0.1:1883', devices: [device] };
}

function taken(profile: Profile, plan: Plan, on: OnTopic, given: SampleMessage): Sample {
  const message = new Message(on.topic, given.payload, false, given.receivedAt);
  const repeats = new Repeats();
  const streams = new Map(plan.streams.map((s) => [s.ch, s]));
  const device = { id: DEVICE, words: on.words, streams };
  const parts = on.messages.flatMap((i) => {
    const map = plan.maps[i];
    const described = profile.messages[i];
    if (map === undefined || described === undefined) return [];
    const draft: Draft = { readings: [], refusals: [], health: [] };
    map.read(message, draft, repeats);
    return [{ i, described, draft, use: useOf(described, message, device) }];
  });
  const known = new Map(plan.streams.map((s) => [s.id, s]));
  const readings = parts.flatMap(({ described, draft, use }) =>
    draft.readings.flatMap((reading): SampleReading[] => {
      const stream = known.get(reading.stream);
      const paths = described.values
        .filter((v) => v.channel === stream?.ch)
        .map((v) => fill(v.path, on.words));
      const from = paths.find((path) => use.present.has(path)) ?? paths[0] ?? '';
      return stream === undefined ? [] : [{ stream, reading, from }];
    }),
  );
  const problems = parts.flatMap(({ i, described, draft }) => [
    ...draft.refusals.map((r) => placedProblem(r, described, i, device, message)),
    ...unknownHealth(described, i, message, draft, device),
  ]);
  if (given.payload.length > plan.settings['max-packet']) problems.push(tooLarge(given.payload.length));
  return {
    as: given.topic ?? profile.messages[on.messages[0] ?? 0]?.topic ?? '',
    readings,
    health: parts.flatMap((p) => p.draft.health.map(({ healthy, reason }) => ({ healthy, reason }))),
    absent: parts.flatMap((p) => p.use.absent),
    unused: unusedOf(parts.map((p) => p.use)),
    problems: onlyOnce(problems),
  };
}
