import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSite } from '../gateway/site/site.ts';
import { describeProblems } from './describe.ts';

describe('the example that ships', () => {
  it('is right as it stands, by the checkers of the real drivers and rules', async () => {
    const file = join(import.meta.dirname, '../../config/gateway.example.yaml');
    const loaded = await loadSite(file, { checked: false });
    expect(loaded.ok ? '' : describeProblems(loaded.problems, 'en')).toBe('');
    if (!loaded.ok) return;
    expect(loaded.value.connections.map((c) => c.id)).toEqual(['line-1', 'mq']);
    expect(loaded.value.rules.length).toBeGreaterThan(3);
  });
});
