import { openArchive } from '../../src/buffer/archive.ts';
import { RecordType } from '../../src/domain/record.ts';
import { writeSite, type Site } from '../gateway-site.ts';
import { journalRecords } from '../journal-records.ts';
import { countingTopic, timed, timingTopic, type LoadReport } from './load.ts';

export type LoadedSite = {
  /** YAML keys of the MQTT connection, e.g. `url: mqtt://…`. */
  readonly connection: string;
  /** Devices that count their messages, and devices that give a time of their own. */
  readonly counting: number;
  readonly timing: number;
  readonly rules?: string;
  readonly more?: string;
  readonly files?: Readonly<Record<string, string>>;
};

const entry = (id: string, topic: string, profile: string): string =>
  `      - { id: ${id}, topic: ${topic}, profile: ${profile}, every: 1s, max-gap: 10m, zone: cold-1 }`;

/** A site whose devices' messages can be told one from another in the journal. */
export function loadedSite({ connection, counting, timing, files, ...rest }: LoadedSite): Site {
  return writeSite({
    ...rest,
    devices: `
  - id: mq
    driver: mqtt
    ${connection}
    devices:
${Array.from({ length: counting }, (_, i) => entry(`counting-${i}`, countingTopic(i), 'counting')).join('\n')}
${Array.from({ length: timing }, (_, i) => entry(`timing-${i}`, timingTopic(i), 'timing')).join('\n')}`,
    files: {
      ...files,
      'profiles/counting.yaml': `
driver: mqtt
title: Counts its messages
channels: [{ id: seq, quantity: count, unit: '1', exp: 0 }]
messages:
  - topic: '{topic}'
    time: { path: time, form: iso, required: true }
    repeat: seq
    values: [{ channel: seq, path: seq, required: true }]
`,
      'profiles/timing.yaml': `
driver: mqtt
title: Gives its own time
channels: [{ id: temperature, quantity: temperature, unit: °C, exp: -2 }]
messages:
  - topic: '{topic}'
    time: { path: last_seen, form: epoch-ms, required: true }
    repeat: time
    values: [{ channel: temperature, path: temperature, required: true }]
`,
    },
  });
}

/** Body of a reading: value, quality, the device's own time; null where it may be any. */
type Body = readonly (number | null)[];

/** What is wrong with the journal held against what was sent; nothing when each message is there once, in order. */
export function differences(data: string, { counts, times }: LoadReport): string[] {
  const found = readingsByDevice(data);
  const compare = (id: string, sent: number, wanted: (n: number) => Body): string[] => {
    const own = found.get(id) ?? [];
    const wrong = own.findIndex((body, n) => wanted(n).some((w, i) => w !== null && w !== body[i]));
    const [is, not] = [JSON.stringify(own[wrong]), JSON.stringify(wanted(wrong))];
    return [
      ...(own.length === sent ? [] : [`${id}: ${own.length} readings of ${sent} messages`]),
      ...(wrong < 0 ? [] : [`${id}: reading ${wrong} is ${is}, not ${not}`]),
    ];
  };
  return [
    ...counts.flatMap((n, i) => compare(`counting-${i}`, n, (seq) => [seq, 0, null])),
    ...times.flatMap((own, i) => compare(`timing-${i}`, own.length, (n) => [timed(n), 0, own[n] ?? null])),
  ];
}

function readingsByDevice(data: string): Map<string, Body[]> {
  using archive = openArchive(data);
  const ids = new Map(archive.streams().map(({ slot, dev }) => [slot, dev]));
  const found = new Map<string, Body[]>([...ids.values()].map((id) => [id, []]));
  for (const { slot, body } of journalRecords(data, RecordType.reading)) {
    found.get(ids.get(slot) ?? '')?.push(body.map((item) => (typeof item === 'number' ? item : null)));
  }
  return found;
}
