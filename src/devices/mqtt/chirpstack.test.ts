import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Arrival } from '../../domain/device.ts';
import type { Reading } from '../../domain/reading.ts';

import { Inbox } from './inbox.ts';
import { planMqtt } from './plan.ts';

const ROOT = join(import.meta.dirname, '../../..');
const APPLICATION = 'application/66666666-7777-4888-8999-aaaaaaaaaaaa';

const vectors = z.object({
  cases: z.array(z.object({ id: z.string(), topic: z.string(), payload: z.unknown() })),
});
const { cases } = vectors.parse(
  JSON.parse(readFileSync(join(ROOT, 'test/fixtures/vectors/mqtt/chirpstack-v4.json'), 'utf8')),
);

function arrivalOf(id: string, profile: string): Arrival {
  const found = cases.find((c) => c.id === id);
  if (found === undefined) throw new Error(`no case ${id}`);
  const address = found.topic.split('/')[3];
  const checked = planMqtt(
    {
      id: 'mq',
      driver: 'mqtt',
      url: 'mqtt://127.0.0.1:1',
      devices: [
        { id: 'd', topic: APPLICATION, address, profile, every: '10m', 'max-gap': '25m', zone: 'F3' },
      ],
    },
    (name) => parse(readFileSync(join(ROOT, 'config/profiles', `${name}.yaml`), 'utf8')) as unknown,
  );
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  const inbox = new Inbox('mq', checked.value.maps, 8192, () => Date.UTC(2026, 1, 3, 4, 10));
  const got: Arrival[] = [];
  inbox.sink = (arrival) => got.push(arrival);
  inbox.accept(found.topic, Buffer.from(JSON.stringify(found.payload)), false);
  return got[0] ?? { readings: [] };
}

const at = Date.UTC(2026, 1, 3, 4, 5, 6, 123);
const read = (channel: string, v: number, sourceAt: number): Reading => ({
  stream: `d/${channel}`,
  v,
  q: 0,
  sourceAt,
});

/** Every case of the vectors is named here with what becomes of it. */
const EXPECTED: Readonly<Record<string, readonly [profile: string, Arrival]>> = {
  up: [
    'chirpstack-v4-em300-th',
    { readings: [read('temperature', -200, at), read('humidity', 685, at), read('battery', 1000, at)] },
  ],
  'up-with-object': [
    'chirpstack-v4-em300-th',
    {
      readings: [
        read('temperature', -184, Date.UTC(2026, 1, 3, 4, 6, 6)),
        read('humidity', 615, Date.UTC(2026, 1, 3, 4, 6, 6)),
        read('battery', 970, Date.UTC(2026, 1, 3, 4, 6, 6)),
      ],
    },
  ],
  'up-defaults-left-out': [
    'chirpstack-v4-em300-th',
    {
      readings: [],
      refusals: [{ device: 'd', stream: null, code: 'MALFORMED', detail: 'port is 0, expected 85' }],
    },
  ],
  status: ['chirpstack-v4-em300-th', { readings: [read('battery', 883, Date.UTC(2026, 1, 3, 4, 7))] }],
  join: ['chirpstack-v4-lht65', { readings: [] }],
  'log-error': [
    'chirpstack-v4-lht65',
    { readings: [], health: [{ device: 'd', healthy: false, reason: 'UPLINK_MIC' }] },
  ],
  'topic-and-body-disagree': [
    'chirpstack-v4-lht65',
    {
      readings: [],
      refusals: [
        {
          device: 'd',
          stream: null,
          code: 'REFUSED',
          detail: 'deviceInfo.devEui is "a84041000181c0ff", expected "a84041000181c061"',
        },
      ],
    },
  ],
};

describe('ChirpStack v4', () => {
  it.each(cases.map((c) => c.id))('%s', (id) => {
    const [profile, arrival] = EXPECTED[id] ?? ['', { readings: [] }];
    expect(arrivalOf(id, profile)).toEqual(arrival);
  });
});
