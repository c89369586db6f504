import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GroupCommit } from '../../buffer/group-commit.ts';
import { SecretStore } from '../../config/secret.ts';
import { StorageError } from '../../domain/errors.ts';
import { RecordType } from '../../domain/record.ts';
import type { Input } from '../../intake/input.ts';
import { CONFIGURATION, Place, RULES, type Life } from '../data-directory.fixture.ts';
import { DeviceRunner } from '../recording/device-runner.ts';
import { startNotifying, type Notifying } from './notifying.ts';
import { GatewayOperator } from '../site/operator.ts';
import { recall } from '../recording/recall.ts';
import { PushStore } from './push-store.ts';

const PROBES = `      - { id: probe-1, unit: 1, profile: rs-ws-n01, every: 10s, max-gap: 60s, zone: cold-1 }
      - { id: probe-2, unit: 2, profile: rs-ws-n01, every: 10s, max-gap: 60s, zone: cold-1 }
`;
const DAY = 24 * 3_600_000;

let server: Server;
let place: Place;
/** Calls to the duty system that have no answer yet, and how many there were. */
let open: ServerResponse[];
let called: number;
/** What ended the dispatcher. */
let errors: unknown[];

beforeEach(async () => {
  open = [];
  called = 0;
  errors = [];
  server = createServer((request, response) => {
    request.resume();
    called++;
    open.push(response);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  place = new Place(
    CONFIGURATION.replace(/ +- \{ id: probe-1.*\n/, PROBES).replace(
      "url: 'https://duty.example/hook'",
      `url: 'http://127.0.0.1:${port}/', lan: true`,
    ),
    RULES.replace('    - siren: siren-1\n', ''),
  );
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  place[Symbol.dispose]();
});

/** It gets too warm at this probe: a notice comes into the outbox. */
function warm(life: Life, probe: string): void {
  const { core } = life;
  const slot = core.streams.find((s) => s.id === `${probe}/temperature`)?.slot ?? -1;
  core.intake.accept([{ records: [{ slot, t: core.clock.now(), type: RecordType.reading, body: [95, 0] }] }]);
}

async function start(life: Life, add: (input: Input) => boolean, over: AbortSignal): Promise<Notifying> {
  const site = await place.site();
  return startNotifying({
    browsers: new PushStore(place.data),
    site,
    secrets: new SecretStore(place.root, { checked: true, directory: null }),
    core: life.core,
    live: recall(life.journal, life.core.deciding.alarms.list()),
    rules: () => ({ state: 'confirmed', why: '', since: null }),
    journal: life.journal,
    devices: new DeviceRunner([], {
      now: () => life.core.clock.now(),
      log: () => undefined,
      secret: () => Promise.reject(new Error('no device has a secret')),
    }),
    add,
    over,
    onError: (error) => errors.push(error),
    timeZone: () => 'UTC',
    url: () => 'http://127.0.0.1',
  });
}

/** What goes to a medium that fails, as the gateway has it. */
function failing(): { readonly group: GroupCommit<Input>; readonly over: AbortSignal } {
  const over = new AbortController();
  const group = new GroupCommit<Input>({
    flush: () => {
      throw new StorageError('IO', 'the disk is gone');
    },
    onError: (error) => over.abort(error),
  });
  return { group, over: over.signal };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = performance.now() + 5000; !condition(); await delay(5)) {
    if (performance.now() > end) throw new Error('did not happen in time');
  }
}

/** Resolves with how long it took, ms. */
async function timed(work: PromiseLike<unknown>): Promise<number> {
  const began = performance.now();
  await Promise.race([work, delay(5000)]);
  return performance.now() - began;
}

describe('a store that fails', () => {
  it('lets go of an outcome that waits for its commit; the entry stays in the outbox', async () => {
    using life = await place.boot();
    warm(life, 'probe-1');
    const { group, over } = failing();
    const notifying = await start(life, (input) => group.add(input), over);
    await until(() => open.length === 1);
    open.shift()?.end();
    await until(() => over.aborted);
    expect(await timed(notifying[Symbol.asyncDispose]())).toBeLessThan(1000);
    expect(life.journal.outbox.depth()).toBe(1);
  });

  it('lets nothing be sent any more once it takes nothing', async () => {
    using life = await place.boot();
    warm(life, 'probe-1');
    warm(life, 'probe-2');
    const notifying = await start(life, () => false, new AbortController().signal);
    await until(() => open.length === 1);
    open.shift()?.end();
    await until(() => errors.length === 1);
    await delay(100);
    expect(await timed(notifying[Symbol.asyncDispose]())).toBeLessThan(1000);
    expect(called).toBe(1);
    expect(life.journal.outbox.depth()).toBe(2);
    expect(errors).toEqual([expect.objectContaining({ code: 'CONFLICT' })]);
  });

  it('refuses the act of a person that waits for its commit', async () => {
    using life = await place.boot();
    warm(life, 'probe-1');
    const { group, over } = failing();
    const { deciding, clock } = life.core;
    const operator = new GatewayOperator(
      deciding,
      (i) => group.add(i, 0),
      () => clock.now(),
      over,
    );
    const act = operator.acknowledge('probe-1/temperature/cold-room-warm', {
      actor: 1,
      role: 'operator',
      meaning: 'seen',
      reason: '',
    });
    await expect(act).rejects.toThrow('takes no more records');
  });
});

it('a stop does not wait for an outcome that nobody commits', async () => {
  using life = await place.boot();
  warm(life, 'probe-1');
  let waiting = 0;
  const take = (): boolean => ++waiting > 0;
  const notifying = await start(life, take, new AbortController().signal);
  await until(() => open.length === 1);
  open.shift()?.end();
  await until(() => waiting === 1);
  expect(await timed(notifying[Symbol.asyncDispose]())).toBeLessThan(1000);
});

it.each([
  ['on by a day', DAY],
  ['back by an hour', -DAY / 24],
])('a clock set %s takes no time from a notice that waits behind another', async (_, a) => {
  using life = await place.boot();
  const { core, blocks, records } = life;
  warm(life, 'probe-1');
  warm(life, 'probe-2');
  await using notifying = await start(
    life,
    (input) => {
      core.intake.accept([input]);
      return true;
    },
    new AbortController().signal,
  );
  await until(() => open.length === 1);
  const seen = records.length;
  blocks.step(a);
  notifying.noteCommit({ records: records.slice(seen), outbox: [] });
  for (let n = 1; n <= 2; n++) {
    await until(() => open.length === 1);
    open.shift()?.end();
    await until(() => life.journal.outbox.depth() === 2 - n);
  }
  const results = records.filter((r) => r.type === RecordType.notice).map((r) => r.body.at(-1));
  expect(results.slice(-2)).toEqual([1, 1]);
});
