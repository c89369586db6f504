import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RecordType, type Value } from '../../src/domain/record.ts';
import { Place } from '../../src/gateway/data-directory.fixture.ts';
import { openReadOnly } from '../../src/gateway/archive/open-read-only.ts';
import { policyFileOf } from '../../src/gateway/keys/policy.ts';
import { nodePrimitives, sha256 } from '../../src/gateway/site/primitives.ts';
import { encode } from '../../src/evidence/cbor.ts';
import { encodeLeaf } from '../../src/evidence/leaf.ts';
import { parsePolicy } from '../../src/evidence/policy.ts';
import { verify } from '../../src/evidence/verify.ts';
import { Daemon, eventually } from '../daemon.ts';
import { filesOf, withFile, withItems } from '../evidence/bundles.ts';
import { journalRecords } from '../journal-records.ts';
import { ChainedSite, TEMPERATURE } from './chained-site.ts';

const RECORDS = 10_000;
const WHICH = 6177;
const SOME = 'streams/2/some.cbor';

type Block = { readonly transactions: readonly { readonly input: string }[] };

describe('what a chain and a partner see', () => {
  it('no field of any record is in any transaction: only heads of the log are', async () => {
    await using chained = await ChainedSite.open('3s');
    const { anvil, site } = chained;
    {
      await using daemon = await Daemon.start(site.file);
      const load = chained.load();
      await eventually(
        'a head is on the chain',
        () => daemon.status(),
        ({ anchor }) => (anchor.lastFinalSize ?? 0) > 1,
        30_000,
      );
      await load.stop();
      await daemon.stop();
    }
    const height = Number(await anvil.rpc('eth_blockNumber'));
    const payloads: Buffer[] = [];
    for (let n = 0; n <= height; n++) {
      const number = `0x${n.toString(16)}`;
      const block = await anvil.rpc<Block>('eth_getBlockByNumber', number, true);
      payloads.push(...block.transactions.map(({ input }) => Buffer.from(input.slice(2), 'hex')));
    }
    const all = Buffer.concat(payloads);
    // It looks at the right bytes: the name of the log is there.
    expect(payloads.length).toBeGreaterThan(2);
    expect(all.includes('scenario.example/gw/b0b1b2b3b4b5b6b7/0')).toBe(true);

    const fields = new Set<string>();
    const collect = (value: Value): void => {
      if (typeof value === 'string' && value.length > 3) fields.add(value);
      else if (value instanceof Uint8Array && value.length > 3)
        fields.add(Buffer.from(value).toString('latin1'));
      else if (Array.isArray(value)) value.forEach(collect);
    };
    for (const type of Object.values(RecordType))
      for (const { body } of journalRecords(site.data, type)) collect(body);
    for (const name of ['probe-1', 'cold-1', TEMPERATURE, 'Cold store 3', '三号冷库']) fields.add(name);
    // The keys that the log announces are the consortium's to know, and stand on the chain by design.
    const keys = journalRecords(site.data, RecordType.key).flatMap(({ body }) => body);
    for (const key of keys) if (key instanceof Uint8Array) fields.delete(Buffer.from(key).toString('latin1'));
    expect(fields.size).toBeGreaterThan(10);
    const found = [...fields].filter(
      (field) => all.includes(Buffer.from(field, 'latin1')) || all.includes(field),
    );
    expect(found).toEqual([]);
    const readings = journalRecords(site.data, RecordType.reading);
    expect(readings.length).toBeGreaterThan(3);
    for (const { t, type, body } of readings) {
      expect(all.includes(Buffer.from(encode([t, type, body])))).toBe(false);
      expect(
        all.includes(
          createHash('sha256')
            .update(encode([t, type, body]))
            .digest(),
        ),
      ).toBe(false);
    }
  }, 120_000);

  it('one record of 10,000 is shown and verifies; altered in value, salt, path or root it does not; without its salt nobody guesses one', async () => {
    using place = new Place();
    const times: number[] = [];
    {
      using life = await place.boot();
      const slot = life.core.streams.find((s) => s.id === TEMPERATURE)?.slot ?? 0;
      expect(slot).toBe(2);
      const t0 = life.core.intake.notBefore;
      const records = Array.from({ length: RECORDS }, (_, i) => {
        times.push(t0 + 1000 * (i + 1));
        return { slot, t: t0 + 1000 * (i + 1), type: RecordType.reading, body: [40 + (i % 37), 0] };
      });
      life.core.intake.accept(records.map((record) => ({ records: [record] })));
      life.blocks.seal();
    }
    const at = times[WHICH] ?? 0;
    const out = join(place.root, 'one.zip');
    const range = {
      kind: 'range',
      unit: 'Cel',
      min: null,
      max: { digits: 8, exp: 0 },
      maxGapMs: null,
      allowOutMs: 0,
      allowGapMs: 0,
    } as const;
    const made = await openReadOnly(place.data).export({
      select: { kind: 'streams', ids: [TEMPERATURE] },
      ask: range,
      from: at - 1000,
      to: at + 1000,
      mode: 'partial',
      times: [{ from: at, to: at + 1 }],
      events: false,
      policyFile: null,
      out,
      firstOnly: false,
    });
    expect(made).toMatchObject({ ok: true });
    const bundle = readFileSync(out);
    const text = policyFileOf(place.data);
    const parsed = text.ok ? parsePolicy(Buffer.from(text.value), sha256) : null;
    if (parsed?.ok !== true) throw new Error('no policy');
    const { policy } = parsed;
    const verdict = (bytes: Uint8Array) => verify(bytes, policy, null, nodePrimitives);
    expect(verdict(bundle)).toMatchObject({ evidence: 'valid', streams: [{ mode: 'partial', leaves: 1 }] });

    // [no, index, [salt, seq, t, type, body], path]
    let shown: readonly Value[] = [];
    const altered = (change: (item: Value[]) => void) =>
      withItems(bundle, SOME, (items) => {
        shown = list(items[0]);
        const item = shown.map((part) => (Array.isArray(part) ? [...(part as readonly Value[])] : part));
        change(item);
        return [item];
      });
    expect(verdict(altered(() => undefined)).evidence).toBe('valid');
    const [, , leaf, path] = shown.map(list);
    const salt = leaf?.[0];
    if (!(salt instanceof Uint8Array) || leaf === undefined || path === undefined) throw new Error('no leaf');
    expect(leaf[4]).toEqual([40 + (WHICH % 37), 0]);
    expect(path).toHaveLength(Math.ceil(Math.log2(RECORDS)));
    const lies = {
      value: altered((item) => (item[2] = [...leaf.slice(0, 4), [41 + (WHICH % 37), 0]])),
      salt: altered((item) => (item[2] = [flipped(salt), ...leaf.slice(1)])),
      path: altered((item) => (item[3] = path.map((hash, i) => (i === 3 ? flipped(hash) : hash)))),
      root: withFile(bundle, 'checkpoint', (bytes) => {
        const [origin, size, root = '', ...rest] = Buffer.from(bytes).toString().split('\n');
        const wrong = Buffer.from(flipped(Buffer.from(root, 'base64'))).toString('base64');
        return Buffer.from([origin, size, wrong, ...rest].join('\n'));
      }),
    };
    for (const [what, bytes] of Object.entries(lies))
      expect([what, verdict(bytes).evidence]).toEqual([what, 'invalid']);

    // The first hash of the path is that of the record beside it, whose place and time anybody can guess.
    const beside = WHICH ^ 1;
    const sibling = path[0];
    const files = filesOf(bundle);
    expect(Buffer.concat([...files.values()]).includes(Buffer.from(encode(leaf)))).toBe(true);
    if (!(sibling instanceof Uint8Array)) throw new Error('no path');
    const guess = (v: number, guessed: Uint8Array): Buffer => {
      const body = encode([v, 0]);
      const bytes = encodeLeaf({
        salt: guessed,
        seq: beside,
        t: times[beside] ?? 0,
        type: RecordType.reading,
        body,
      });
      return createHash('sha256').update(Uint8Array.of(0)).update(bytes).digest();
    };
    const salts = [new Uint8Array(16), salt, new Uint8Array(0), flipped(salt)];
    const hits: number[] = [];
    for (let v = -300; v <= 600; v++)
      for (const one of salts) if (guess(v, one).equals(sibling)) hits.push(v);
    expect(hits).toEqual([]);
    // With its salt it would be found at once: so it is the salt that hides it.
    using life = await place.boot();
    const key = life.journal.segment(0, 2)?.key;
    if (key === undefined || key === null) throw new Error('no key');
    const seq = Buffer.alloc(8);
    seq.writeBigUInt64BE(BigInt(beside));
    const own = createHash('sha256').update(key).update(seq).digest().subarray(0, 16);
    const known: number[] = [];
    for (let v = -300; v <= 600; v++) if (guess(v, own).equals(sibling)) known.push(v);
    expect(known).toEqual([40 + (beside % 37)]);
  }, 60_000);
});

function list(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function flipped(value: Value): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Error('no bytes');
  return value.map((byte, i) => (i === 5 ? byte ^ 1 : byte));
}
