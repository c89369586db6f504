import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endOf, stopChild } from './child.ts';

/** A serial line: what goes in at one end comes out at the other. */
export type SerialLine = AsyncDisposable & { readonly near: string; readonly far: string };

const TIMEOUT_MS = 5000;
const LOOK_EVERY_MS = 20;

/** Makes a pair of pseudo-terminals with socat; null where there is none, or it makes none. */
export async function openSerialLine(directory: string): Promise<SerialLine | null> {
  const [near, far] = [join(directory, 'line-gateway'), join(directory, 'line-probes')];
  // Left by a demo that was killed.
  for (const link of [near, far]) rmSync(link, { force: true });
  const child = spawn('socat', [`pty,raw,echo=0,link=${near}`, `pty,raw,echo=0,link=${far}`], {
    stdio: 'ignore',
  });
  const stop = stopChild(child);
  const ended = endOf(child, AbortSignal.timeout(TIMEOUT_MS));
  for (;;) {
    if (existsSync(near) && existsSync(far)) return { near, far, [Symbol.asyncDispose]: stop };
    const isOver = (await Promise.race([ended, sleep(LOOK_EVERY_MS, null)])) !== null;
    if (isOver) {
      await stop();
      return null;
    }
  }
}
