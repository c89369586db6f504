import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { portOf } from './raw.fixture.ts';

const SBIN = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin` };

/** False where Debian's mosquitto and mosquitto-clients are not installed. */
export const hasMosquitto =
  spawnSync('mosquitto', ['-h'], { env: SBIN }).error === undefined &&
  spawnSync('mosquitto_pub', ['--help'], { env: SBIN }).error === undefined;

/** A real broker on a free port, with the settings the manual asks for. */
export async function mosquitto() {
  const folder = await mkdtemp(join(tmpdir(), 'bailee-mosquitto-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  await writeFile(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\n`,
  );
  const child = spawn('mosquitto', ['-c', file], { env: SBIN, stdio: 'ignore' });
  await reachable(port);
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill();
      await once(child, 'exit');
      await rm(folder, { recursive: true });
    },
  };
}

/** Publishes as anybody would: with mosquitto's own client, QoS 1. */
export async function mosquittoPub(
  port: number,
  topic: string,
  payload: string,
  more: readonly string[] = [],
) {
  const args = ['-p', String(port), '-q', '1', '-t', topic, '-m', payload, ...more];
  await promisify(execFile)('mosquitto_pub', args, { env: SBIN, timeout: 10_000 });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function reachable(port: number): Promise<void> {
  for (let i = 0; i < 250; i++) {
    const socket = connect({ port, host: '127.0.0.1' });
    const { promise, resolve } = Promise.withResolvers<boolean>();
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    const up = await promise;
    socket.destroy();
    if (up) return;
    await delay(20);
  }
  throw new Error(`mosquitto does not listen on ${port}`);
}
