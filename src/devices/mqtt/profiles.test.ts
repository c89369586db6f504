import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { checkProfile, placeholdersOf, profileSchema } from './profile.ts';
import { profile, PROFILES, receive } from './receive.fixture.ts';

/** Messages: as many with every test run, more by BAILEE_FUZZ. */
const RUNS = Number(process.env['BAILEE_FUZZ'] ?? 100_000);
/** Ten million take as many times longer. */
const PATIENCE = Math.max(30_000, RUNS);

const climate = { id: 'probe-2', topic: 'zigbee2mqtt/cold-2', profile: 'zigbee2mqtt-climate' };
const generic = { id: 'probe-1', topic: 'site/cold-1', profile: 'json-generic' };

describe('profiles', () => {
  const names = readdirSync(PROFILES)
    .map((file) => file.replace(/\.yaml$/, ''))
    .filter((name) => z.looseObject({ driver: z.literal('mqtt') }).safeParse(profile(name)).success);

  it.each(names)('%s fits', (name) => {
    const wanted = placeholdersOf(profileSchema.parse(profile(name)));
    const address = wanted.has('address') ? { address: '0056' } : {};
    expect(receive([{ id: 'd', topic: 'a/b', profile: name, ...address }]).inbox).toBeDefined();
  });
});

describe('any bytes', () => {
  it(
    'never throw, and bring at most readings of the streams there are',
    () => {
      const { inbox } = receive([climate, generic]);
      const topics = fc.constantFrom(
        'site/cold-1',
        'zigbee2mqtt/cold-2',
        'zigbee2mqtt/cold-2/availability',
        'x',
      );
      const body = fc.oneof(
        fc.uint8Array({ maxLength: 60 }).map((b) => Buffer.from(b)),
        fc
          .record(
            {
              temperature: fc.jsonValue(),
              time: fc.oneof(fc.string(), fc.double(), fc.date({ noInvalidDate: true })),
              seq: fc.jsonValue(),
            },
            { requiredKeys: [] },
          )
          .map((value) => Buffer.from(JSON.stringify(value))),
      );
      fc.assert(
        fc.property(topics, body, fc.boolean(), (topic, payload, retained) => {
          let arrivals = 0;
          inbox.sink = ({ readings }) => {
            arrivals++;
            for (const r of readings)
              expect(Number.isSafeInteger(r.v ?? 0) && r.stream.startsWith('probe-')).toBe(true);
          };
          inbox.accept(topic, payload, retained);
          expect(arrivals).toBe(1);
        }),
        { numRuns: RUNS },
      );
    },
    PATIENCE,
  );
});

describe('a payload map that is wrong', () => {
  it('is refused with every problem at once', () => {
    const channel = { id: 'temperature', quantity: 'temperature', unit: '°C', exp: -1 };
    const raw = {
      driver: 'mqtt',
      channels: [channel, channel],
      messages: [
        { topic: '{topic}', repeat: 'time', values: [{ channel: 'humidity', path: 'h' }] },
        { topic: '{topic}', repeat: 'count', values: [{ channel: 'temperature', path: 't', round: 'no' }] },
      ],
    };
    const checked = checkProfile(raw);
    if (checked.ok) throw new Error('no problem found');
    expect(checked.problems.map(({ path, message }) => `${path.join('.')}: ${message}`)).toEqual([
      'title: is missing; it must be text',
      'messages.1.values.0.round: must be true or false',
      'channels.1.id: "temperature" stands twice',
      'messages.0.values.0.channel: must be one of the channels temperature, temperature',
      'messages.0.repeat: needs a time field, and this message has none',
      'messages.1.repeat: needs a time field, or a channel that records the counter',
    ]);
  });
});
