import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { onvif } from './driver.ts';
import { ENTRY } from './rig.fixture.ts';

const entry = { ...ENTRY, driver: 'onvif', url: 'http://192.0.2.64/onvif/device_service' };

function problems(raw: unknown): string[] {
  const checked = onvif.configure(raw, () => undefined);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

function streamsOf(raw: unknown) {
  const checked = onvif.configure(raw, () => undefined);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

describe('configuration', () => {
  it('declares the link, the inputs, which are urgent, and pictures that may be frozen', () => {
    const { streams, actuators } = streamsOf({ ...entry, pictures: { every: '10m' } });
    expect(streams.map((s) => [s.id, s.quantity, s.urgent, s.src, s.cadenceMs, s.maxGapMs, s.place])).toEqual(
      [
        ['cam/link', 'link', false, 1, 1000, 3000, 'dock'],
        ['cam/motion', 'motion', true, 1, 1000, 3000, 'dock'],
        ['cam/line', 'line-crossing', true, 1, 1000, 3000, 'dock'],
        ['cam/tamper', 'tamper', true, 1, 1000, 3000, 'dock'],
        ['cam/picture-frozen', 'frozen', false, 1, 600_000, 1_800_000, 'dock'],
      ],
    );
    expect([...actuators]).toEqual([['cam', ['snapshot']]]);
  });

  it('is a channel that is authenticated only with the certificate that is known', () => {
    const tls = { ...entry, url: 'https://192.0.2.64/onvif/device_service' };
    expect(streamsOf(tls).streams.every((s) => s.src === 1)).toBe(true);
    expect(
      streamsOf({ ...tls, fingerprint: 'ab:'.repeat(31) + 'ab' }).streams.every((s) => s.src === 2),
    ).toBe(true);
  });

  it('takes its sample', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../config/samples/onvif.yaml'), 'utf8');
    const { devices } = z.object({ devices: z.array(z.unknown()) }).parse(parse(text));
    expect(devices.map(problems)).toEqual([[], []]);
  });

  it('gives all problems at once, and never shows what may be a password', () => {
    const wrong = {
      ...entry,
      url: 'http://admin:hunter2@192.0.2.64/',
      password: 'hunter2',
      'max-gap': '500ms',
      fingerprint: 'abc',
      inputs: [
        { id: 'link', is: 'motion' },
        { id: 'a', is: 'movement' },
        { id: 'a', topic: 'tns1:A/B', is: 'motion' },
        { id: 'b' },
        { id: 'c', is: 'tamper', item: 'State' },
        { id: 'd', topic: 'tns1:A/B', item: 'X' },
        { id: 'e', topic: 'tns1:A/B', item: 'X' },
      ],
      inputz: [],
    };
    expect(problems(wrong)).toEqual([
      'url: must be like http://192.0.2.64/onvif/device_service, without user and password',
      'password: must be a reference, file:PATH or credential:NAME',
      'fingerprint: must be the SHA-256 of the certificate, 64 hex digits',
      'max-gap: must be a time with its unit from 1s to 1d, e.g. 100ms, 10s or 5m',
      'inputs.1.is: must be one of motion, line-crossing, intrusion, person, tamper, digital-input',
      'inputz: is not a known key; did you mean "inputs"?',
      'inputs.0.id: is the name of a stream of every camera',
      'inputs.2.id: is an id of this camera, too',
      'inputs.2: must have one of is and topic',
      'inputs.3: must have one of is and topic',
      'inputs.4.item: has a meaning only with topic',
      'inputs.6: means the same events as another input',
    ]);
    expect(JSON.stringify(onvif.configure(wrong, () => undefined))).not.toContain('hunter2');
    expect(problems({ ...entry, every: '10s', 'max-gap': '5s', fingerprint: 'ab'.repeat(32) })).toEqual([
      'max-gap: must be at least every, 10s',
      'fingerprint: has no meaning over http; the certificate is one of https',
    ]);
  });
});
