import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { generate } from 'mqtt-packet';
import { expect, it } from 'vitest';
import { MESSAGE } from './announcement.fixture.ts';
import { mqttChannel } from './mqtt-publish.ts';

const tool = (name: string): string => `mosquitto${name}`;
const found = ['mosquitto', tool('_sub')].every((name) => spawnSync('which', [name]).status === 0);
const without = found ? '' : ' (skipped: mosquitto is not installed)';
const never = new AbortController().signal;

const channel = (port: number, password = 'right') =>
  mqttChannel({
    id: 'm',
    url: `mqtt://127.0.0.1:${port}`,
    topic: 'site/alarms',
    login: { user: 'gw', password: { reveal: () => password } },
    lan: true,
    timeZone: () => 'UTC',
  });

async function listening(onSocket: (socket: Socket) => void) {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.dispose]: () => void server.close() };
}

it.skipIf(!found)(`a broker has it, and a wrong password is told${without}`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bailee-mqtt-'));
  const file = join(folder, 'mosquitto.conf');
  using free = await listening(() => undefined);
  const { port } = free;
  free[Symbol.dispose]();
  const passwords = join(folder, 'passwords');
  writeFileSync(passwords, 'gw:right\n', { mode: 0o600 });
  spawnSync(tool('_passwd'), ['-U', passwords]);
  writeFileSync(
    file,
    `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\nuser root\n`,
  );
  const broker = spawn('mosquitto', ['-c', file], { stdio: 'ignore' });
  try {
    const login = ['-h', '127.0.0.1', '-p', String(port), '-u', 'gw', '-P', 'right'];
    for (let up = false; !up; await wait(50))
      up = spawnSync(tool('_pub'), [...login, '-t', 'x', '-n']).status === 0;
    const listener = spawn(tool('_sub'), [...login, '-t', 'site/#', '-C', '1']);
    let out = '';
    listener.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    // Until it listens nobody gets what the broker has.
    for (; listener.exitCode === null; await wait(100)) await channel(port).send(MESSAGE, never);
    while (!out.includes('}')) await wait(20);
    expect(out).toContain(`"id":"${MESSAGE.id}"`);
    await expect(channel(port, 'wrong').send(MESSAGE, never)).rejects.toThrow('refused us with code 5');
  } finally {
    broker.kill();
    await once(broker, 'exit');
    rmSync(folder, { recursive: true });
  }
});

it('is not told while the broker does not say that it has it', async () => {
  using silent = await listening(() => undefined);
  await expect(channel(silent.port).send(MESSAGE, AbortSignal.timeout(100))).rejects.toThrow(
    /stopped|abort/i,
  );
  using rude = await listening((socket) => {
    socket.once('data', () => {
      socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
      socket.once('data', () => socket.end());
    });
  });
  await expect(channel(rude.port).send(MESSAGE, never)).rejects.toThrow('closed the connection');
});
