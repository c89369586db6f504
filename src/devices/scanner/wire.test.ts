import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import type { Arrival } from '../../domain/device.ts';
import { scannedText } from '../../domain/epc/scanned.ts';
import { Cable, configured, hasSocat, ifSocat, until } from '../modbus/rig.fixture.ts';
import type { Simulator } from '../port.ts';
import { simulateTalker, type FarPlace } from '../talker/simulator.ts';
import { scanner } from './driver.ts';
import { planScanner } from './plan.ts';
import { scannerModel } from './simulator.ts';

const ENTRY = { id: 's', driver: 'scanner', every: '1s', spacing: '300ms', timeout: '200ms', zone: 'dock' };
const NOW = new Date(2026, 10, 24, 12).getTime();

class World implements AsyncDisposable {
  readonly arrivals: Arrival[] = [];
  readonly simulator: Simulator;
  readonly #stack: AsyncDisposableStack;

  private constructor(simulator: Simulator, stack: AsyncDisposableStack) {
    this.simulator = simulator;
    this.#stack = stack;
  }

  static async open(
    entry: Record<string, unknown>,
    far: FarPlace,
    stack: AsyncDisposableStack,
  ): Promise<World> {
    const plan = planScanner({ ...entry, ...('host' in entry && { port: 1 }) });
    if (!plan.ok) throw new Error(JSON.stringify(plan.problems));
    const model = scannerModel(plan.value, () => NOW);
    const simulator = stack.use(await simulateTalker(model, plan.value.talker.line, far));
    const own = 'host' in entry ? { ...entry, port: simulator.port } : entry;
    const open = stack.use(
      configured(scanner, own).open({
        now: () => NOW,
        log: () => undefined,
        secret: () => Promise.reject(new Error('no secrets here')),
      }),
    );
    const world = new World(simulator, stack);
    const stop = new AbortController();
    stack.defer(() => stop.abort());
    for (const p of open.pushing) {
      const listening = p.subscribe((a) => void world.arrivals.push(a), stop.signal);
      stack.defer(() => listening);
      stack.defer(() => stop.abort());
    }
    return world;
  }

  get codes(): (string | null)[] {
    return this.arrivals.flatMap((a) => (a.observations ?? []).map((o) => scannedText(o.epc)));
  }

  get health(): string[] {
    return this.arrivals.flatMap((a) => (a.health ?? []).map((h) => h.reason));
  }

  get refusals(): string[] {
    return this.arrivals.flatMap((a) => (a.refusals ?? []).map((r) => r.detail));
  }

  last(channel: string): number | null | undefined {
    return this.arrivals.flatMap((a) => a.readings).findLast((r) => r.stream === `s/${channel}`)?.v;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

const overTcp = (more: Record<string, unknown> = {}): Promise<World> =>
  World.open(
    { ...ENTRY, host: '127.0.0.1', ...more },
    { host: '127.0.0.1', port: 0 },
    new AsyncDisposableStack(),
  );

async function overSerial(): Promise<World> {
  const stack = new AsyncDisposableStack();
  const cable = stack.use(new Cable());
  await cable.plug();
  return await World.open({ ...ENTRY, port: cable.near }, { path: cable.far }, stack);
}

function onAnyWire(open: () => Promise<World>): void {
  it('a scan is one observation, and says how long the goods keep', async () => {
    await using world = await open();
    await until(() => world.health.includes('ok'));
    expect(world.last('understood')).toBeNull();
    world.simulator.set('s', 'days-left', 30);
    world.simulator.set('s', 'scans', 5);
    await until(() => world.codes.length >= 2);
    expect(world.codes.slice(0, 2)).toEqual([1, 2].map((n) => `]d201095060001343521726122410B-7\x1d21${n}`));
    const seen = world.arrivals.find((a) => a.observations !== undefined);
    expect(seen?.observations).toMatchObject([
      { stream: 's/codes', tid: null, reads: 1, first: NOW, last: NOW },
    ]);
    expect(world.last('understood')).toBe(1);
    expect(world.last('days-left')).toBe(30);
    await until(() => (world.last('scans') ?? 0) > 0);
    await until(() =>
      world.arrivals.some((a) => a.rounds?.some((r) => r.distinct > 0 && r.reads >= r.distinct)),
    );
  });
}

function faults(open: () => Promise<World>): void {
  it('the same code again within the dwell is the same scan, and a scan in its round', async () => {
    await using world = await open();
    world.simulator.set('s', 'scans', 10);
    await until(() => world.codes.length > 0);
    world.simulator.fault('s', 'repeat');
    await until(() => world.arrivals.some((a) => a.rounds?.some((r) => r.distinct <= 1 && r.reads >= 5)));
    expect(new Set(world.codes).size).toBe(world.codes.length);
  });

  it('codes of nobody are kept raw; a wrong check digit is not understood either', async () => {
    await using world = await open();
    world.simulator.set('s', 'understood', 0);
    world.simulator.set('s', 'scans', 10);
    await until(() => world.codes.includes(']C0BOX-2'));
    expect(world.last('understood')).toBe(0);
    expect(world.last('days-left')).toBeNull();
    world.simulator.set('s', 'understood', 1);
    await until(() => world.last('understood') === 1);
    world.simulator.fault('s', 'bad-check-digit');
    await until(() => world.last('understood') === 0);
    expect(world.codes.at(-1)).toContain('09506000134353');
  });

  it('no-suffix: refused by name, unwell after three, and well again after', async () => {
    await using world = await open();
    world.simulator.set('s', 'scans', 3);
    world.simulator.fault('s', 'no-suffix');
    await until(() => world.health.at(-1) === 'malformed');
    expect(world.refusals[0]).toMatch(/^\d+ bytes without the suffix any$/);
    expect(world.codes).toEqual([]);
    world.simulator.fault('s', null);
    await until(() => world.health.at(-1) === 'ok' && world.codes.length > 0);
  });

  it('overlong: refused once, and the code behind it is read', async () => {
    await using world = await open();
    world.simulator.set('s', 'scans', 5);
    world.simulator.fault('s', 'overlong');
    await until(() => world.refusals.length > 0);
    expect(world.refusals[0]).toBe('more than 7100 bytes without the suffix');
    world.simulator.fault('s', null);
    await until(() => world.codes.length > 0);
    expect(world.codes[0]).toMatch(/^\]d201/);
  });
}

describe('over TCP', () => {
  onAnyWire(() => overTcp());
  faults(() => overTcp());

  it('between STX and ETX, noise costs no code', async () => {
    await using world = await overTcp({ prefix: '\x02', suffix: 'etx', fnc1: '~' });
    world.simulator.set('s', 'scans', 10);
    world.simulator.fault('s', 'noise');
    await until(() => world.codes.length >= 3);
    const serials = world.codes.map((c) => c?.split('\x1d21')[1]);
    expect(serials).toEqual(serials.map((_, i) => String(i + 1)));
  });

  it('a scanner that is gone has no last code', async () => {
    await using world = await overTcp();
    world.simulator.set('s', 'scans', 10);
    await until(() => world.last('understood') === 1);
    await world.simulator[Symbol.asyncDispose]();
    await until(() => world.health.at(-1) === 'port-lost' && world.last('understood') === null);
    expect(world.last('scans')).toBeNull();
  });
});

describe.skipIf(!hasSocat)(`over a serial line${ifSocat}`, () => onAnyWire(overSerial));

function problems(raw: unknown): string[] {
  const checked = planScanner(raw);
  return checked.ok ? [] : checked.problems.map((p) => `${p.path.join('.')}: ${p.message}`);
}

describe('configuration', () => {
  it('the sample is right', () => {
    const text = readFileSync(join(import.meta.dirname, '../../../config/samples/scanner.yaml'), 'utf8');
    const { devices } = z.object({ devices: z.array(z.unknown()).min(2) }).parse(parse(text));
    for (const entry of devices) expect(problems(entry)).toEqual([]);
  });

  it('tells all problems at once', () => {
    expect(problems({ driver: 'scanner', id: 's', port: 4001, suffix: 'tab', prefix: '\r', fnc: 1 })).toEqual(
      [
        'suffix: must be one of any, cr, lf, crlf, etx',
        'prefix: must be 1 to 8 ASCII characters, no CR or LF',
        'fnc: is not a known key; did you mean "fnc1"?',
        'port: must be a device file such as /dev/serial/by-id/…, or have a host beside it',
      ],
    );
  });
});
