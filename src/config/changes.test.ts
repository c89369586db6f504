import { describe, expect, it } from 'vitest';
import type { Configuration } from './configuration.ts';
import { changesBetween, decidingDigest } from './changes.ts';

type Files = Configuration<never, never>['files'];

const MAIN = `listen: { port: 1 }
zones:
  - { id: cold-1, labels: { mode: run } }
  - { id: cold-2 }
profile: gsp
`;
const WARM = '- id: warm\n  above: 8\n  do: [{ siren: dock }]\n';
const SILENT = '- id: silent\n  after: 5m\n';

const file = (name: string, text: string) => ({ name, bytes: Buffer.from(text) });

function files(main: string, rules: readonly string[], profile = 'a: 1'): Files {
  return {
    configuration: [file('gateway.yaml', main), file('profiles/th.yaml', profile)],
    rules: rules.map((text, i) => file(`rules/${i}.yaml`, text)),
  };
}
const before = files(MAIN, [WARM, SILENT]);

describe('what changed of a rule set', () => {
  it('is nothing for comments, another order, other files, and what decides nothing', () => {
    const main = `# new\nprofile: gsp\nlisten: { port: 2 }\nusers: []\nzones:
  - { id: cold-2 }\n  - { labels: { mode: run }, id: cold-1 }\n`;
    const after = files(main, [`${SILENT}# note\n- do: [{ siren: dock }]\n  above: 8\n  id: warm\n`]);
    expect(changesBetween(before, after)).toEqual([]);
    expect(decidingDigest(after)).toBe(decidingDigest(before));
  });

  it('is each value that is another, with what it was', () => {
    const after = files(
      MAIN.replace('mode: run', 'mode: defrost').replace('profile: gsp\n', ''),
      [WARM.replace('8', '9').replace('dock', 'yard'), SILENT],
      'a: 2',
    );
    expect(changesBetween(before, after)).toEqual([
      { path: 'profile', old: 'gsp', new: null },
      {
        path: 'profiles/th.yaml',
        old: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
        new: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      },
      { path: 'rules/warm/above', old: '8', new: '9' },
      { path: 'rules/warm/do/0/siren', old: 'dock', new: 'yard' },
      { path: 'zones/cold-1/labels/mode', old: 'run', new: 'defrost' },
    ]);
    expect(decidingDigest(after)).not.toBe(decidingDigest(before));
  });

  it('is a whole rule or zone that came or went, in one line', () => {
    const after = files(MAIN.replace('cold-2', 'cold-3'), [WARM, '- { id: wet, above: 60 }\n']);
    expect(changesBetween(before, after)).toEqual([
      { path: 'rules/silent', old: 'after: 5m', new: null },
      { path: 'rules/wet', old: null, new: 'above: 60' },
      { path: 'zones/cold-2', old: '', new: null },
      { path: 'zones/cold-3', old: null, new: '' },
    ]);
  });
});
