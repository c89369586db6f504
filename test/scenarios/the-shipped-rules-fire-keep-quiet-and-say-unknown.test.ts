import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Case } from '../rules/catalogue.ts';
import { CLIMATE } from '../rules/catalogue-climate.ts';
import { GOODS } from '../rules/catalogue-goods.ts';
import { Story } from '../rules/depot.ts';

const FOLDER = join(import.meta.dirname, '../../config/rules');

/** The rules of each shipped file as they stand there; those of the demo are the same with shorter times. */
const FILES: ReadonlyMap<string, readonly Readonly<Record<string, unknown>>[]> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yaml') && name !== 'demo.yaml')
    .map((name) => [name, listOf(parse(readFileSync(join(FOLDER, name), 'utf8')))]),
);
const CASES: readonly Case[] = [...CLIMATE, ...GOODS];

function listOf(raw: unknown): Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(raw)) throw new Error('a rule file that is no list');
  return raw as Readonly<Record<string, unknown>>[];
}

/** All rules of the file that has this one. */
function fileOf(rule: string): readonly unknown[] {
  const rules = [...FILES.values()].find((list) => list.some((r) => r['id'] === rule));
  if (rules === undefined) throw new Error(`no shipped rule ${rule}`);
  return rules;
}

/** What the rules find while the story is told, as `rule phase`; it begins at 08:00 UTC. */
function tell(rule: string, telling: (story: Story) => unknown): string[] {
  const story = new Story(fileOf(rule), Date.UTC(2027, 0, 15, 8));
  telling(story);
  return story.words();
}

describe('the shipped rules', () => {
  it('are all shown here', () => {
    const shipped = [...FILES.values()].flat().map((rule) => String(rule['id']));
    expect(CASES.map(({ rule }) => rule).sort()).toEqual(shipped.sort());
  });

  it('stand side by side: no id twice over all files, a basis and both titles everywhere', () => {
    const shipped = [...FILES.values()].flat();
    expect(new Set(shipped.map((rule) => rule['id'])).size).toBe(shipped.length);
    expect(() => new Story(shipped)).not.toThrow();
  });

  it.each(CASES.map((one) => [one.rule, one] as const))('%s', (rule, { fires, quiet, unknown }) => {
    if (typeof fires !== 'string') expect(tell(rule, fires)).toContain(`${rule} opened`);
    expect(tell(rule, quiet)).not.toContain(`${rule} opened`);
    if (typeof unknown === 'string') return;
    const [told, by] = typeof unknown === 'function' ? [rule, unknown] : [unknown.told, unknown.by];
    const words = tell(rule, by);
    expect(words).toContain(`${told} unknown`);
    expect(words).not.toContain(`${rule} opened`);
    const hasAlarm = fileOf(rule).some(
      (r) => isNamed(r, rule) && typeof Reflect.get(r, 'on-unknown') === 'object',
    );
    if (hasAlarm) expect(words).toContain(`${rule}.unknown opened`);
  });
});

function isNamed(raw: unknown, id: string): raw is object {
  return typeof raw === 'object' && raw !== null && Reflect.get(raw, 'id') === id;
}
