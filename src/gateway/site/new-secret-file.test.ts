import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadLogKey } from '../keys/keys.ts';
import { keepSecretFile } from './new-secret-file.ts';
import { loadOperatorToken } from './operator-token.ts';

/** The real calls in the order they were made: what a power cut may undo depends on it. */
const calls = vi.hoisted((): string[] => []);
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const names = new Map<number, string>();
  return {
    ...fs,
    openSync: (path: string, flags: string, mode?: number) => {
      const fd = fs.openSync(path, flags, mode);
      names.set(fd, path);
      return fd;
    },
    fsyncSync: (fd: number) => {
      fs.fsyncSync(fd);
      calls.push(`sync ${names.get(fd) ?? '?'}`);
    },
    linkSync: (from: string, to: string) => {
      fs.linkSync(from, to);
      calls.push(`link ${to}`);
    },
  };
});

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'bailee-secret-'));
  calls.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('a secret file', () => {
  it.each<[string, () => unknown]>([
    ['log.key', () => loadLogKey(directory, true)],
    ['operator.token', () => loadOperatorToken(directory)],
  ])('%s is whole on the disk before it has its name, and its name before it is used', (name, load) => {
    load();
    const path = join(directory, name);
    expect(calls).toEqual([`sync ${path}.new`, `link ${path}`, `sync ${directory}`]);
    expect(readdirSync(directory)).toEqual([name]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const made = readFileSync(path, 'utf8');
    expect(made.length).toBeGreaterThan(40);
    load();
    expect(readFileSync(path, 'utf8')).toBe(made);
  });

  it('takes no notice of a draft that was cut off, and never replaces what is there', () => {
    const path = join(directory, 'log.key');
    writeFileSync(`${path}.new`, 'hal');
    keepSecretFile(path, () => 'first\n');
    keepSecretFile(path, () => 'second\n');
    const late = join(directory, 'late');
    keepSecretFile(late, () => {
      writeFileSync(late, 'of another\n');
      return 'ours\n';
    });
    expect([readFileSync(path, 'utf8'), readFileSync(late, 'utf8')]).toEqual(['first\n', 'of another\n']);
    expect(readdirSync(directory).toSorted()).toEqual(['late', 'log.key']);
  });
});
