import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { ControlChanges, ReceiptGaps, ReceiptStatus } from '../../src/api/receipt-types.ts';
import { simulateLlrp } from '../../src/devices/llrp/simulator.ts';
import { bailee, Daemon, eventually, expectSound } from '../daemon.ts';
import { writeSite } from '../gateway-site.ts';
import { PushReceiver } from './push-receiver.ts';

const RECEIPT = 'a1'.repeat(32);
const TOKENS = { li: `t-${'li'.repeat(30)}`, wang: `t-${'wang'.repeat(15)}` };
const SECRET = 'shared with the bank, 32 bytes at the least';

/** A reader whose rounds cover five seconds, which a slow machine does not miss. */
function reader(id: string): Record<string, unknown> {
  const times = { keepalive: '500ms', every: '1s', gone: '1s', settle: '200ms', 'max-gap': '5s' };
  const points = [{ name: 'shelf', antennas: [1], zone: 'cold-1' }];
  return { id, driver: 'llrp', host: '127.0.0.1', ...times, points };
}

function bindingOf(now: number): object {
  return {
    kind: 'receipt',
    receipt: RECEIPT,
    number: 'WR-2026-0001',
    docHash: 'd0'.repeat(32),
    goodsKey: 'e0'.repeat(32),
    keeper: 'keeper',
    depositor: 'depositor',
    holder: 'holder',
    financier: 'bank-a',
    agreement: 'agreement-7',
    goods: { name: 'copper', spec: '', lot: 'lot-1', packages: null, marks: '' },
    amount: { value: 12, exp: 0, unit: '1' },
    floor: { value: 10, exp: 0, unit: '1' },
    place: { zone: 'cold-1', location: 'A1' },
    epcs: null,
    sources: ['reader-1/shelf', 'reader-2/shelf'],
    attestedBy: 'count',
    scale: null,
    range: null,
    countWithinMs: 86_400_000,
    storage: { from: now, until: null },
    lossPerMille: 0,
    insuredUntil: null,
    issuedAt: now,
    override: null,
  };
}

function countOf(now: number): object {
  return {
    kind: 'count',
    challenge: 'intake',
    nonce: '',
    receipt: RECEIPT,
    zone: 'cold-1',
    what: 'manual',
    startedAt: now,
    finishedAt: now,
    result: 'complete',
    reason: '',
    expected: 12,
    seen: 12,
    missing: 0,
    unexpected: 0,
    epcSetHash: null,
    readers: [],
    snapshots: [],
    weights: [],
  };
}

async function ask<T>(daemon: Daemon, path: string): Promise<T> {
  return (await (await daemon.ask(path)).json()) as T;
}

async function act(daemon: Daemon, path: string, body: object, token: string): Promise<void> {
  expect(await daemon.post(path, body, token)).toMatchObject({
    status: expect.toBeOneOf([200, 204]) as number,
  });
}

it('a source of pledged goods is cut: one gap to the millisecond, told to the bank, the same after a restart', async () => {
  await using bank = await PushReceiver.open(SECRET);
  await using first = await simulateLlrp(reader('reader-1'), { host: '127.0.0.1', port: 0 });
  let second = await simulateLlrp(reader('reader-2'), { host: '127.0.0.1', port: 0 });
  const { port } = second;
  using site = writeSite({
    devices: [
      { ...reader('reader-1'), port: first.port },
      { ...reader('reader-2'), port },
    ]
      .map((device) => `  - ${JSON.stringify(device)}`)
      .join('\n'),
    more: `goods: { statement-valid: 2s, push: [bank] }
notify:
  channels: [{ id: bank, kind: webhook, url: '${bank.url}', secret: file:bank.secret, lan: true }]
users:
  - { id: li, number: 7, role: supervisor, token-hash: 'sha256:${hash('sha256', TOKENS.li)}' }
  - { id: wang, number: 8, role: supervisor, token-hash: 'sha256:${hash('sha256', TOKENS.wang)}' }
`,
    files: { 'bank.secret': SECRET },
  });
  const policy = join(site.folder, 'policy.json');
  const held = join(site.folder, 'statement.json');
  const verify = (): ReturnType<typeof bailee> => bailee('receipts', 'verify', held, '--policy', policy);
  let gaps: ReceiptGaps;
  {
    await using daemon = await Daemon.start(site.file);
    const { now } = await daemon.status();
    const status = (): Promise<ReceiptStatus> => ask(daemon, `receipts/${RECEIPT}`);
    await act(daemon, 'goods/documents', { document: bindingOf(now), reason: 'intake' }, TOKENS.li);
    await act(daemon, 'goods/documents', { document: countOf(now), reason: 'intake' }, TOKENS.li);
    expect(await status()).toMatchObject({ control: 'unknown', period: null });
    await act(
      daemon,
      `receipts/${RECEIPT}/acts`,
      { verb: 'start-control', reason: 'agreement 7' },
      TOKENS.li,
    );
    const begun = await eventually(
      'control begins',
      status,
      ({ control }) => control === 'in-control',
      15_000,
    );
    expect(begun).toMatchObject({ lifecycle: 'pledged', reasons: [], amount: { attested: { value: 12 } } });

    await second[Symbol.asyncDispose]();
    const lost = await eventually('it is not proven', status, ({ control }) => control === 'unknown', 30_000);
    expect(lost.gaps).toMatchObject([{ to: null, cause: 'device-silent', sources: ['reader-2/shelf'] }]);
    second = await simulateLlrp(reader('reader-2'), { host: '127.0.0.1', port });
    const back = await eventually(
      'it is proven again',
      status,
      ({ control }) => control === 'in-control',
      15_000,
    );
    const [gap] = back.gaps;
    const [from, to] = [gap?.from ?? 0, gap?.to ?? 0];
    expect(back.gaps).toHaveLength(1);
    expect(from).toBe(lost.gaps[0]?.from);
    expect(back.since).toBe(to);
    expect(back.coverage?.period).toMatchObject({ gapMs: to - from, isUnbroken: false });
    gaps = await ask(daemon, `receipts/${RECEIPT}/gaps`);

    // The record that ended it is a round of the reader that was gone.
    const slot = (await daemon.stream('reader-2/shelf')).slot;
    expect(gap?.refs.at(-1)?.slot).toBe(slot);

    const changes = await eventually(
      'all is told to the bank',
      () => ask<ControlChanges>(daemon, 'control-changes'),
      ({ changes: told, channels }) =>
        told.some(({ t }) => t >= from) &&
        channels[0]?.waiting === 0 &&
        bank.taken.at(-1)?.document.to === 'in-control',
      15_000,
    );
    // No number is left out, and each begins where the one before ended.
    expect(bank.taken.map(({ seq }) => seq)).toEqual(changes.changes.map(({ seq }) => seq));
    expect(bank.taken.map(({ seq }) => seq)).toEqual(bank.taken.map((_, i) => i + 1));
    expect(bank.refused).toBe(2);
    const states = bank.taken.map(({ document }) => [document.from, document.to]);
    expect(states.map(([before]) => before)).toEqual([
      null,
      ...states.slice(0, -1).map(([, after]) => after),
    ]);
    expect(states.slice(-2)).toEqual([
      ['in-control', 'unknown'],
      ['unknown', 'in-control'],
    ]);

    writeFileSync(policy, (await bailee('policy', '--data', site.data)).out);
    writeFileSync(held, JSON.stringify(await ask(daemon, `receipts/${RECEIPT}/statement`)));
    // On a slow machine it may have expired meanwhile; then it says so.
    expect([0, 1]).toContain((await verify()).code);
    await daemon.stop();
  }
  const stoppedAt = Date.now();
  await delay(2100);
  const expired = await verify();
  expect(expired.code).toBe(1);
  expect(expired.out).toMatch(/^Not proven: this statement expired/);
  writeFileSync(held, (await bailee('policy', '--data', site.data)).out);
  expect((await verify()).code).toBe(2);
  {
    await using daemon = await Daemon.start(site.file);
    const status = (): Promise<ReceiptStatus> => ask(daemon, `receipts/${RECEIPT}`);
    const back = await eventually(
      'it is proven again',
      status,
      ({ control }) => control === 'in-control',
      15_000,
    );
    expect(back.gaps[0]).toEqual(gaps.gaps[0]);
    // From the last record on, though what was heard last would have covered more.
    expect(back.gaps.slice(1)).toMatchObject([{ cause: 'gateway-down' }]);
    expect(back.gaps[1]?.from).toBeLessThan(stoppedAt + 1000);
    const seen = await ask<readonly { kind: string }[]>(daemon, `receipts/${RECEIPT}/timeline`);
    expect(seen.filter(({ kind }) => kind === 'gap')).toHaveLength(2);
    expect(await ask(daemon, `receipts/${RECEIPT}/score`)).toMatchObject({ format: 'bailee/score/v1' });
    const said = await bailee('receipts', 'status', '--url', daemon.url, '--data', site.data);
    expect(said).toMatchObject({ code: 0 });
    expect(said.out).toContain('In control since');
    await daemon.stop();
  }
  await second[Symbol.asyncDispose]();
  await expectSound(site.data);
});
