import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { CONFIGURATION, RULES } from '../data-directory.fixture.ts';
import { loadKeptSite } from './kept-site.ts';

const rules = [{ name: 'rules/cold.yaml', bytes: Buffer.from(RULES) }];

function main(text: string) {
  return [{ name: 'gateway.yaml', bytes: Buffer.from(text) }];
}

describe('a configuration that a journal kept', () => {
  it.each([
    'listen: { host: 0.0.0.0, tls: { certificate: /nowhere/tls.pem, key: file:/nowhere/tls.key } }\n',
    'listen:\n  host: 0.0.0.0\n  tls:\n    certificate: /nowhere/tls.pem\n    key: file:/nowhere/tls.key\nprofile: none\n',
  ])('needs neither its secrets nor its certificate, and leaves nothing behind: %j', async (listen) => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('bailee-replay-'));
    const loaded = await loadKeptSite({ configuration: main(CONFIGURATION + listen), rules }, null);
    expect(loaded).toMatchObject({
      ok: true,
      value: {
        rules: [{ id: 'cold-room-warm' }, { id: 'cold-room-warm.discovered' }, { id: 'sensor-silent' }],
      },
    });
    const left = readdirSync(tmpdir()).filter((name) => name.startsWith('bailee-replay-'));
    expect(left.filter((name) => !before.includes(name))).toEqual([]);
  });

  it('takes rules from above its folder, and from nowhere farther', async () => {
    const above = [{ name: '../../shared/cold.yaml', bytes: Buffer.from(RULES) }];
    const text = CONFIGURATION.replace('rules/cold.yaml', '../../shared/cold.yaml');
    expect(await loadKeptSite({ configuration: main(text), rules: above }, null)).toMatchObject({ ok: true });
    const name = `${'../../'.repeat(12)}etc/evil.yaml`;
    const hostile = await loadKeptSite(
      { configuration: main(text), rules: [{ name, bytes: above[0]?.bytes ?? Buffer.of() }] },
      null,
    );
    expect(hostile).toMatchObject({ ok: false, problems: [{ message: expect.stringContaining('outside') }] });
    expect(existsSync('/etc/evil.yaml')).toBe(false);
  });

  it.each([
    ['a list of its own', CONFIGURATION],
    ['a list at the margin', CONFIGURATION.replace('  - rules/cold.yaml', '- rules/cold.yaml')],
    ['a list in one line', CONFIGURATION.replace('rules:\n  - rules/cold.yaml', 'rules: [rules/cold.yaml]')],
    ['nothing', CONFIGURATION.replace('rules:\n  - rules/cold.yaml\n', '')],
    ['an empty key', CONFIGURATION.replace('rules:\n  - rules/cold.yaml\n', 'rules:\n')],
  ])('decides by other rules where it has %s', async (_what, text) => {
    const other = [
      { name: 'other/0-new.yaml', bytes: Buffer.from(RULES.replace('cold-room-warm', 'new-rule')) },
    ];
    const loaded = await loadKeptSite({ configuration: main(text), rules }, other);
    expect(loaded).toMatchObject({
      ok: true,
      value: { rules: [{ id: 'new-rule' }, { id: 'new-rule.discovered' }, { id: 'sensor-silent' }] },
    });
  });
});
