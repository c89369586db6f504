import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { siaDc09 } from './driver.ts';

const panel = { id: 'host', account: '1234', every: '10s', zone: 'yard', inputs: [{ id: 'f', number: 3 }] };
const entry = { id: 'alarms', driver: 'sia-dc09', listen: '127.0.0.1:0', panels: [panel] };

function problems(raw: unknown): string[] {
  const checked = siaDc09.configure(raw, () => undefined);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

describe('configuration', () => {
  it('declares a link and the inputs, which are urgent', () => {
    const checked = siaDc09.configure(entry, () => undefined);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    const both = {
      dev: 'host',
      kind: 1,
      unit: '1',
      exp: 0,
      cadenceMs: 10_000,
      maxGapMs: 30_000,
      place: 'yard',
    };
    expect(checked.value.streams).toEqual([
      { ...both, id: 'host/link', ch: 'link', quantity: 'link', src: 1, urgent: false },
      { ...both, id: 'host/f', ch: 'f', quantity: 'intrusion', src: 1, urgent: true },
    ]);
  });

  it('takes its sample', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../config/samples/sia-dc09.yaml'), 'utf8');
    const { devices } = z.object({ devices: z.array(z.unknown()) }).parse(parse(text));
    expect(devices.map(problems)).toEqual([[], []]);
  });

  it('gives all problems at once, and never shows what may be a key', () => {
    const wrong = {
      ...entry,
      listen: 'everywhere',
      panels: [
        { ...panel, secret: '00112233445566778899aabbccddeeff', 'max-gap': '5s' },
        {
          ...panel,
          inputs: [
            { id: 'link', number: 1 },
            { id: 'a' },
            { id: 'b', is: 'mains', number: 2 },
            { id: 'c', number: 1 },
            { id: 'c', is: 'fence', number: 9 },
          ],
        },
      ],
      transprt: 'udp',
    };
    expect(problems(wrong)).toEqual([
      'listen: must be like 0.0.0.0:12128 or [::]:12128',
      'panels.0.secret: must be a reference, file:PATH or credential:NAME',
      'panels.1.inputs.4.is: must be one of alarm, tamper, mains, battery, communication, armed',
      'transprt: is not a known key; did you mean "transport"?',
      'panels.0.max-gap: must be at least every, 10s',
      'panels.1.account: is the account of another panel, too; each has its own',
      'panels.1.inputs.0.id: is the name of the supervision',
      "panels.1.inputs.1.number: is missing; it is the panel's number of the zone",
      'panels.1.inputs.2.number: has no meaning with is: mains',
      'panels.1.inputs.3: means the same events as another input of this panel',
      'panels.1.inputs.4.id: is an id of this panel, too',
      'panels.1.inputs.4.number: has no meaning with is: fence',
    ]);
    const checked = siaDc09.configure(wrong, () => undefined);
    expect(JSON.stringify(checked)).not.toContain('00112233');
  });
});
