import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Problems } from './problems.ts';
import { Profiles } from './profiles.ts';

it('a map keeps its name, a profile is named without its ending; both are kept as configuration', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bailee-profiles-'));
  try {
    writeFileSync(
      join(folder, 'route-7.geojson'),
      '{\n\t"type": "FeatureCollection", "features": [[121.4737, -31.5]] }',
    );
    writeFileSync(join(folder, 'probe.yaml'), 'title: probe');
    const problems = new Problems();
    const profiles = new Profiles([folder], problems);
    expect(profiles.value('route-7.geojson')).toEqual({
      type: 'FeatureCollection',
      features: [[121.4737, -31.5]],
    });
    expect([profiles.value('route-7'), profiles.value('../route-7.geojson')]).toEqual([undefined, undefined]);
    expect(profiles.files(['probe', 'route-7.geojson', 'nothing']).map((f) => f.name)).toEqual([
      'profiles/probe.yaml',
      'profiles/route-7.geojson',
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
