import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StorageError } from '../domain/errors.ts';
import { RULES } from '../gateway/data-directory.fixture.ts';
import { Bailee, bailee, eventually } from './bailee.fixture.ts';
import { Context } from './context.ts';
import { report } from './failure.ts';
import { runUntil } from './run.ts';

let root: string;
let file: string;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'bailee-run-'));
  file = join(root, 'gateway.yaml');
  writeFileSync(
    join(root, 'cold.yaml'),
    RULES.replaceAll('    - notify: duty\n', '').replaceAll('  do:\n-', '-'),
  );
  writeFileSync(
    file,
    `gateway: { id: b0b1b2b3b4b5b6b7, domain: consortium.example }
data: data
listen: { port: 0 }
zones: [{ id: cold-1 }]
devices:
  - id: line-1
    driver: modbus-tcp
    host: 127.0.0.1
    port: ${await freePort()}
    slaves:
      - { id: probe-1, unit: 1, profile: rs-ws-n01, every: 100ms, max-gap: 5s, zone: cold-1 }
      - { id: siren-1, unit: 20, profile: relay-siren, every: 500ms, zone: cold-1 }
rules: [cold.yaml]
`,
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A port that was free a moment ago: the configuration has to name one. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

type Seen = {
  alarms: { id: string; state: string }[];
  streams: { id: string; latest: { text: string } | null }[];
};

async function statusOf(url: string): Promise<Seen> {
  const { stdout, stderr } = await bailee('status', '--config', file, '--url', url, '--json');
  if (stdout === '') throw new Error(stderr);
  const seen: Seen = JSON.parse(stdout);
  return seen;
}

describe('run, simulate and status', () => {
  it('a simulated cold room gets warm, its siren sounds, status tells; a stop seals what is there', async () => {
    using simulator = new Bailee(['simulate', 'modbus-tcp', file]);
    await eventually(
      () => `the far end ${simulator.stderr}`,
      () => simulator.stdout.includes('line-1 127.0.0.1:'),
    );
    using gateway = new Bailee(['run', file]);
    const url = await eventually(
      () => `the address ${gateway.stderr}`,
      () => /http:\/\/\S+/.exec(gateway.stderr)?.[0],
    );
    const tokenFile = /\((.+operator\.token)\)/.exec(gateway.stderr)?.[1] ?? '';
    expect(existsSync(tokenFile)).toBe(true);

    const quiet = await statusOf(url);
    expect(quiet.alarms).toEqual([]);
    simulator.type('set probe-1/temperature=9.5');
    simulator.type('set probe-1/temprature=9.5');
    let warm = await statusOf(url);
    for (
      let i = 0;
      i < 20 && warm.streams.find((s) => s.id === 'siren-1/siren')?.latest?.text !== '1';
      i += 1
    ) {
      warm = await statusOf(url);
    }
    expect(warm.alarms).toMatchObject([
      { id: 'probe-1/temperature/cold-room-warm', state: 'unacknowledged' },
    ]);
    expect(warm.streams.find((s) => s.id === 'probe-1/temperature')?.latest?.text).toBe('9.5');
    expect(simulator.stderr).toBe(
      'no simulated stream probe-1/temprature; did you mean "probe-1/temperature"?\n',
    );
    const told = await bailee('status', '--token-file', tokenFile, '--url', url);
    expect(told).toMatchObject({ code: 1, stdout: expect.stringContaining('Cold room above 8 °C') });

    const second = await bailee('run', file);
    expect(second).toMatchObject({ code: 74, stderr: expect.stringContaining('BUSY') });

    expect(await gateway.stop()).toMatchObject({ code: 0 });
    simulator.type('quit');
    expect((await simulator.ended).code).toBe(0);

    const gone = await bailee('status', '--token-file', tokenFile, '--url', url);
    expect(gone).toMatchObject({ code: 74, stderr: expect.stringContaining('is not reached') });
    const audit: unknown = JSON.parse((await bailee('audit', '--config', file, '--json')).stdout);
    expect(audit).toMatchObject({ found: 0, tail: 0 });
    expect(await bailee('replay', '--config', file)).toMatchObject({ code: 0 });
    expect(readFileSync(tokenFile, 'utf8').length).toBeGreaterThan(30);
  });

  it('a port that is taken is a problem of the configuration', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    const taken = join(root, 'taken.yaml');
    writeFileSync(
      taken,
      readFileSync(file, 'utf8').replace('data: data', 'data: taken').replace('port: 0', `port: ${port}`),
    );
    const ended = await bailee('run', taken);
    other.close();
    expect(ended).toMatchObject({ code: 78, stderr: expect.stringContaining(`(found 127.0.0.1:${port})`) });
    expect(ended.stderr).toContain('listen.port is taken');
  });

  it('a journal that may not grow ends it', async () => {
    const limited = join(root, 'limited.yaml');
    writeFileSync(limited, readFileSync(file, 'utf8').replace('data: data', 'data: limited'));
    const main = join(import.meta.dirname, '../main.ts');
    // In blocks of 512 bytes.
    const script = 'ulimit -f 600; exec "$0" "$@"';
    const child = spawn('sh', ['-c', script, process.execPath, main, 'run', limited, '--lang', 'en']);
    let said = '';
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, said }).toMatchObject({
      code: 74,
      said: expect.stringMatching(/bailee: (IO|FULL): commit/),
    });
  });

  it('a store that fails while the gateway still opens ends it as one that fails later', async () => {
    const fork = new StorageError('FORK', 'the journal is another one');
    let closed = false;
    const running = runUntil(new AbortController().signal, async (onFatal) => {
      onFatal(fork);
      // Long enough for a rejection without a handler to be found.
      await delay(20);
      return { [Symbol.asyncDispose]: async () => void (closed = true) };
    });
    await expect(running).rejects.toBe(fork);
    const { stdin, stdout } = process;
    const world = { env: {}, signal: new AbortController().signal, stdin, stdout, stderr: new PassThrough() };
    expect(report(fork, new Context(world, 'en'))).toBe(76);
    expect(closed).toBe(true);
  });

  it('simulate says what is missing or unknown', async () => {
    const unknown = await bailee('simulate', 'modbus', file);
    expect(unknown).toMatchObject({ code: 64, stderr: expect.stringContaining('modbus') });
    const fault = await bailee(
      'simulate',
      'modbus-tcp',
      file,
      '--at',
      'line-1=127.0.0.1:0',
      '--fault',
      'probe-1=slient',
    );
    expect(fault).toMatchObject({ code: 64, stderr: 'bailee: no fault slient; did you mean "silent"?\n' });
  });
});
