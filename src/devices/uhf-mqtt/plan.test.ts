import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { planTags } from './plan.ts';

function problems(raw: unknown): string[] {
  const checked = planTags(raw);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

describe('configuration', () => {
  it.each(['impinj-iot', 'zebra-iot'])('the sample of %s is right', (name) => {
    const text = readFileSync(join(import.meta.dirname, `../../../config/samples/${name}.yaml`), 'utf8');
    const { devices } = z.object({ devices: z.array(z.unknown()).min(1) }).parse(parse(text));
    for (const entry of devices) expect(problems(entry)).toEqual([]);
  });

  it('tells all problems at once', () => {
    const reader = { id: 'r', topics: ['a/b'], points: [{ name: 'dock', antennas: [1, 2] }] };
    const raw = {
      id: 'readers',
      driver: 'zebra-iot',
      url: 'mqtt://127.0.0.1:1883',
      cert: 'file:/c.pem',
      readers: [
        reader,
        {
          ...reader,
          every: '10s',
          'max-gap': '10s',
          reference: ['E2 00'],
          points: [
            { name: 'dock', antennas: [1] },
            { name: 'dock-tags', antennas: [1] },
          ],
        },
        { ...reader, id: 's', topics: ['a/#'] },
      ],
    };
    expect(problems(raw)).toEqual([
      'readers.1.reference.0: must be an EPC in hex',
      'readers.2.topics.0: must be one topic, without + and #',
      'url: must be mqtts:// to use certificates',
      'cert: and key: go together',
      'readers.1.id: is the id of another reader',
      'readers.1.topics.0: is read by a reader already',
      'readers.1.max-gap: must be more than every, 10s',
      'readers.1.points.1.name: is the name of another read point',
      'readers.1.points.1.antennas.0: looks at dock already',
    ]);
  });
});
