import * as fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { tryRegisters } from './modbus/sample.ts';
import { tryMessage } from './mqtt/sample.ts';

const FOLDER = join(import.meta.dirname, '../../config/profiles');
const maps = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .map((file): unknown => parse(readFileSync(join(FOLDER, file), 'utf8')));
const isFor = (shape: z.ZodRawShape) => (map: unknown) => z.looseObject(shape).safeParse(map).success;
const payloadMaps = maps.filter(isFor({ driver: z.literal('mqtt') }));
const registerMaps = maps.filter(isFor({ read: z.unknown() }));

const text = fc.oneof(
  fc.string(),
  fc.json(),
  fc.jsonValue().map((value) => JSON.stringify({ time: value, data: value, object: value, fPort: 85 })),
);

it('a sample of any bytes on any map that ships is told about, never an exception', () => {
  expect([payloadMaps.length > 10, registerMaps.length > 10]).toEqual([true, true]);
  const topic = fc.option(
    fc.constantFrom('x', 'a/b', 'tele/x/SENSOR', 'a/device/1/event/up', 'a/availability'),
  );
  fc.assert(
    fc.property(fc.constantFrom(...payloadMaps), text, topic, (map, sample, on) => {
      const given = { payload: Buffer.from(sample), topic: on, address: '1', receivedAt: 1_764_000_000_000 };
      const trial = tryMessage(map, given);
      return trial.kind !== 'map';
    }),
    { numRuns: 2000 },
  );
});

it('frames and registers of any kind on any map that ships are told about', () => {
  const hex = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  const registers = fc
    .tuple(fc.integer({ min: 0, max: 5 }), fc.integer(), fc.array(fc.integer(), { maxLength: 9 }))
    .map(([fn, address, values]) => `${fn} ${address}: ${values.join(' ')}`);
  const sample = fc.array(fc.oneof(hex, registers, fc.string()), { maxLength: 4 }).map((l) => l.join('\n'));
  fc.assert(
    fc.property(fc.constantFrom(...registerMaps), sample, (map, given) => {
      return tryRegisters(map, given, null).kind !== 'map';
    }),
    { numRuns: 2000 },
  );
});
