import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Watchdog } from './watchdog.ts';

const missing = ['systemd-notify --version', 'python3 --version'].find((c) => {
  const [program = '', flag = ''] = c.split(' ');
  return spawnSync(program, [flag]).status !== 0;
});
/** Prints each datagram as a line. systemd-notify waits until its barrier message is read, too. */
const LISTEN = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(s.recv(4096).decode(), flush=True)
`;
const skipped = missing === undefined ? '' : ` (skipped: ${missing.split(' ')[0]} is not installed)`;

describe('the watchdog outside systemd', () => {
  it('says nothing and starts nothing', async () => {
    const warnings: unknown[] = [];
    const log = { warn: (...args: unknown[]) => void warnings.push(args) };
    using watchdog = new Watchdog({ socket: undefined, alive: () => true, log });
    await watchdog.ready();
    await watchdog.stopping();
    expect(warnings).toEqual([]);
  });
});

describe.skipIf(missing !== undefined)(`the watchdog under systemd${skipped}`, () => {
  let folder: string;
  let socket: string;
  let receiver: ChildProcess;
  let heard: string;
  let warnings: string[];
  const log = { warn: (...args: unknown[]) => void warnings.push(String(args.at(-1))) };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-notify-'));
    socket = join(folder, 'notify');
    heard = '';
    warnings = [];
    receiver = spawn('python3', ['-c', LISTEN, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
    receiver.stdout?.on('data', (chunk) => (heard += String(chunk)));
    while (!existsSync(socket)) await wait(5);
  });
  afterEach(() => {
    receiver.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hears READY, a sign of life while we are alive, and STOPPING', async () => {
    using watchdog = new Watchdog({ socket, alive: () => true, log, everyMs: 50 });
    await watchdog.ready();
    await wait(400);
    await watchdog.stopping();
    await wait(50);
    expect(heard).toMatch(/^READY=1\nWATCHDOG=1\n/);
    expect(heard.match(/WATCHDOG=1/g)?.length).toBeGreaterThan(2);
    expect(heard.trimEnd()).toMatch(/STOPPING=1(\nBARRIER=1)?$/);
    expect(warnings).toEqual([]);
  });

  it('hears nothing while records wait or the loop is late, and again afterwards', async () => {
    let alive = false;
    using watchdog = new Watchdog({ socket, alive: () => alive, log, everyMs: 50 });
    await watchdog.ready();
    await wait(200);
    expect(heard.match(/WATCHDOG=1/g)).toHaveLength(1);
    expect(warnings[0]).toContain('no sign of life');
    alive = true;
    await wait(300);
    expect(heard.match(/WATCHDOG=1/g)?.length).toBeGreaterThan(1);
  });

  it('goes on when the message cannot be sent', async () => {
    using watchdog = new Watchdog({ socket: join(folder, 'nobody'), alive: () => true, log });
    await watchdog.ready();
    expect(warnings).toEqual(['systemd-notify failed']);
  });
});
