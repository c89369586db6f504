import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DeviceError } from '../domain/errors.ts';
import type { LineState } from './line.ts';
import { failureJudge, openSerialLine } from './serial-line.ts';

const settings = { baud: 9600, dataBits: 8, parity: 'none', stopBits: 1 } as const;
const DENIED = 'Error: Permission denied, cannot open /dev/ttyUSB0';

describe('a serial line', () => {
  it('whose port is not there says so, refuses to send, and can be closed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'bailee-serial-'));
    try {
      const states: LineState[] = [];
      await using line = openSerialLine({ path: join(dir, 'ttyUSB9'), ...settings });
      await new Promise<void>((resolve) => {
        line.watch((state) => resolve(void states.push(state)));
      });
      expect(states).toEqual([
        { up: false, reason: 'port-lost', detail: expect.stringContaining('No such file or directory') },
      ]);
      await expect(line.send(Uint8Array.of(1))).rejects.toBeInstanceOf(DeviceError);
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('is not opened on something that is no port', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'bailee-serial-'));
    try {
      writeFileSync(join(dir, 'file'), '');
      await using line = openSerialLine({ path: join(dir, 'file'), ...settings });
      await new Promise<void>((resolve) => {
        line.watch(() => resolve());
      });
      expect(line.state).toMatchObject({ up: false, reason: 'port-lost' });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
});

describe('a port that may not be opened', () => {
  it('is called denied only after five seconds of it', () => {
    const judge = failureJudge();
    expect(judge('No such file or directory', 0)).toBe('port-lost');
    const answers = Array.from({ length: 12 }, (_, i) => judge(DENIED, 500 + i * 500));
    expect(answers.indexOf('port-denied')).toBe(10);
  });

  it('starts anew after the port was away or open', () => {
    const judge = failureJudge();
    for (let t = 0; t <= 4500; t += 500) judge(DENIED, t);
    expect(judge('No such file or directory', 5000)).toBe('port-lost');
    expect(judge(DENIED, 5500)).toBe('port-lost');
    expect(judge(DENIED, 60_000)).toBe('port-lost');
  });
});
