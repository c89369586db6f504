import { existsSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { encode } from '../../src/evidence/cbor.ts';
import { concatBytes, utf8 } from '../../src/evidence/encodings.ts';
import { verify } from '../../src/evidence/verify.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { frame } from '../fuzz/frame.ts';
import { honest, log, policy, question } from './hostile-base.ts';
import { T } from './small-log.ts';

/** What became of one hostile bundle. */
export type HostileResult = {
  readonly name: string;
  readonly mib: number;
  readonly code: string | null;
  readonly ms: number;
  /** Most that the process ever held so far, MB of 10^6 bytes. */
  readonly peakMB: number;
};

// As `bailee verify` does.
setFlagsFromString('--semi-space-growth-factor=1');

const MIB = 1024 * 1024;
/** Ten MiB of one byte after a head: empty arrays, texts, byte strings, nulls, arrays in arrays, integers. */
const FILLERS = ['80', '60', '40', 'f6', '81', '00', '3a'].map((hex) => Number.parseInt(hex, 16));
const filler = (byte: number): Uint8Array => new Uint8Array(10 * MIB).fill(byte);
/** Head of an array that may be so long. */
const open = (count: number): Uint8Array =>
  Uint8Array.of(0x9a, count >>> 24, (count >>> 16) & 0xff, (count >>> 8) & 0xff, count & 0xff);
const many = (byte: number): Uint8Array => concatBytes(open(10 * MIB), filler(byte));

function put(name: string, bytes: Uint8Array): Uint8Array {
  return frame(new Map(honest).set(name, bytes));
}

function* hostile(): Generator<readonly [name: string, bundle: Uint8Array]> {
  const key = concatBytes(Uint8Array.of(0x58, 32), new Uint8Array(32));
  for (const byte of FILLERS) {
    const what = byte.toString(16);
    for (const name of honest.keys()) {
      if (name.startsWith('heads/') && name !== 'heads/1') continue;
      const own = honest.get(name) ?? new Uint8Array();
      yield [`${name} is ${what}`, put(name, filler(byte))];
      yield [`${name} ends in ${what}`, put(name, concatBytes(own, filler(byte)))];
      if (name.endsWith('.cbor')) yield [`${name} is an array of ${what}`, put(name, many(byte))];
    }
    const leaf = concatBytes(Uint8Array.of(0x82), key, Uint8Array.of(0x83, 0x83), encode(T + 1), encode(1));
    yield [`a body of ${what}`, put('streams/1/full.cbor', concatBytes(leaf, many(byte)))];
    yield [`a salt key of ${what}`, put('streams/1/full.cbor', concatBytes(Uint8Array.of(0x82), many(byte)))];
    yield [
      `a segment of ${what}`,
      put('streams/1/segments.cbor', concatBytes(Uint8Array.of(0x82), many(byte))),
    ];
    const single = concatBytes(Uint8Array.of(0x84, 0, 0), many(byte), Uint8Array.of(0x80));
    const alone = new Map(honest).set('streams/1/some.cbor', single);
    alone.delete('streams/1/full.cbor');
    yield [`a single leaf of ${what}`, frame(alone)];
    yield [`a ledger proof of ${what}`, put('ledger/6.json', filler(byte))];
  }
  yield ['JSON nested', put('bundle.json', utf8('['.repeat(10 * MIB)))];
  yield ['a ledger proof nested', put('ledger/6.json', utf8('['.repeat(4 * MIB)))];
  yield ['a ledger proof of numbers', put('ledger/6.json', utf8(`[${'0,'.repeat(MIB)}0]`))];
  yield [
    'a thousand lines',
    put('checkpoint', utf8(`${log.note(6) ?? ''}${'— a AAAAAAAA\n'.repeat(64 * 1024)}`)),
  ];
}

/** VmHWM where there is one: what getrusage tells a child begins with its parent's memory. */
function peakMB(): number {
  const file = '/proc/self/status';
  const kB = existsSync(file)
    ? Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1])
    : process.resourceUsage().maxRSS;
  return kB * 1.024e-3;
}

const { gc } = globalThis;
if (gc === undefined)
  throw new Error('run with --expose-gc, so that what made one bundle is gone before the next');
const [file] = process.argv.slice(2);
for (const [name, bundle] of file === undefined ? hostile() : [[file, readFileSync(file)] as const]) {
  gc();
  const begun = performance.now();
  const { failure } = verify(bundle, policy, question, nodePrimitives);
  const result: HostileResult = {
    name,
    mib: bundle.length / MIB,
    code: failure?.code ?? null,
    ms: performance.now() - begun,
    peakMB: peakMB(),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
