import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from './codec.ts';
import type { Request, Response } from './codec.ts';
import { MbapRequestReader, awaitMbap, encodeMbapRequest, sealMbap } from './mbap.ts';
import { ReplyReader } from './reply.ts';
import type { Outcome } from './reply.ts';
import { RtuRequestReader, awaitRtu, encodeRtuRequest, openRtu, sealRtu } from './rtu.ts';
import type { Heard } from './rtu.ts';

/** Cases over all properties: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const RUNS = { numRuns: Math.ceil(Number(process.env['BAILEE_FUZZ'] ?? 100_000) / 8) };
/** Ten million take as many times longer. */
const PATIENCE = Math.max(30_000, 2 * RUNS.numRuns);

const address = fc.integer({ min: 0, max: 0xffff });
/** Mostly few values: long answers cost a hundred times as much, and differ in nothing. */
const upTo = (most: number) =>
  fc.oneof(
    { weight: 49, arbitrary: fc.integer({ min: 1, max: 12 }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: most }) },
  );
const seed = fc.integer();
const bitsOf = (count: number, from: number) =>
  Array.from({ length: count }, (_, i) => mixed(from + i) % 2 === 1);
const registersOf = (count: number, from: number) =>
  Array.from({ length: count }, (_, i) => mixed(from + i) & 0xffff);

/** Any number for any number. */
function mixed(n: number): number {
  const x = Math.imul(n ^ (n >>> 15), 0x2c1b_3c6d);
  return (x ^ (x >>> 12)) >>> 0;
}

const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ fn: fc.constantFrom(1 as const, 2 as const), address, count: upTo(2000) }),
  fc.record({ fn: fc.constantFrom(3 as const, 4 as const), address, count: upTo(125) }),
  fc.record({ fn: fc.constant(5 as const), address, on: fc.boolean() }),
  fc.record({ fn: fc.constant(6 as const), address, value: address }),
  fc
    .tuple(address, upTo(1968), seed)
    .map(([at, n, from]) => ({ fn: 15 as const, address: at, bits: bitsOf(n, from) })),
  fc
    .tuple(address, upTo(123), seed)
    .map(([at, n, from]) => ({ fn: 16 as const, address: at, registers: registersOf(n, from) })),
);

/** The answer that `from` chooses: a refusal now and then, else what was asked for. */
function answerOf(r: Request, from: number): Response {
  if (from % 8 === 0) return { fn: r.fn, exception: 1 + (mixed(from) % 11) };
  switch (r.fn) {
    case 1:
    case 2:
      return { fn: r.fn, bits: bitsOf(r.count, from) };
    case 3:
    case 4:
      return { fn: r.fn, registers: registersOf(r.count, from) };
    case 5:
    case 6:
      return r;
    case 15:
      return { fn: 15, address: r.address, count: r.bits.length };
    case 16:
    default:
      return { fn: 16, address: r.address, count: r.registers.length };
  }
}

const exchange = fc
  .tuple(request, seed, fc.integer({ min: 1, max: 247 }))
  .map(([r, from, unit]) => [r, answerOf(r, from), unit] as const);

/** The bytes in pieces, cut where `cuts` says. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set([0, ...cuts.map((c) => c % (bytes.length + 1)), bytes.length])].sort(
    (a, b) => a - b,
  );
  return at.slice(1).map((end, i) => bytes.subarray(at[i], end));
}

function replyIn(unit: number, r: Request, chunks: readonly Uint8Array[]): Outcome {
  const reader = new ReplyReader(r, awaitRtu(unit, r));
  for (const chunk of chunks) {
    const outcome = reader.push(chunk);
    if (outcome !== null) return outcome;
  }
  return reader.end();
}

/** Whether what was taken stands there with a right checksum: noise makes a frame once in 65536 times. */
function isThere(unit: number, r: Request, bytes: Uint8Array, outcome: Outcome): boolean {
  if (!outcome.ok) return false;
  const length = awaitRtu(unit, r).lengthAt(bytes, outcome.noise);
  return openRtu(bytes.subarray(outcome.noise, outcome.noise + length)) !== null;
}

/** Whether one of the requests heard was nobody's, and its bytes stand there all the same. */
function hasAccident(bytes: Uint8Array, heard: readonly Heard[], meant: readonly Uint8Array[]): boolean {
  return heard.some(({ unit, request: r }) => {
    if (!r.ok) return true;
    const frame = encodeRtuRequest(unit, r.value);
    return (
      !meant.some((m) => Buffer.compare(m, frame) === 0) && Buffer.from(bytes).includes(Buffer.from(frame))
    );
  });
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const join = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts));
const noise = fc.uint8Array({ maxLength: 40 });
const cuts = fc.array(fc.nat(100), { maxLength: 4 });

function flipped(bytes: Uint8Array, flip: number): Uint8Array {
  const at = flip % (bytes.length * 8);
  return bytes.with(at >> 3, (bytes[at >> 3] ?? 0) ^ (1 << (at & 7)));
}

describe('any bytes', { timeout: PATIENCE }, () => {
  it('what is encoded decodes to the same', () => {
    fc.assert(
      fc.property(exchange, ([r, response]) => {
        const back = decodeResponse(encodeResponse(response), r);
        return (
          same(decodeRequest(encodeRequest(r)), { ok: true, value: r }) &&
          back.ok &&
          alike(back.value, response)
        );
      }),
      RUNS,
    );
  });

  it('RTU: a good reply is found behind any noise, in any chunking', () => {
    fc.assert(
      fc.property(exchange, noise, cuts, ([r, response, unit], before, where) => {
        const bytes = join(before, sealRtu(unit, encodeResponse(response)));
        const outcome = replyIn(unit, r, pieces(bytes, where));
        if (!outcome.ok) return false;
        if (outcome.noise !== before.length) return isThere(unit, r, bytes, outcome);
        return alike(outcome.response, response);
      }),
      RUNS,
    );
  });

  it('RTU: a reply with a flipped bit is never taken, and a good one behind it is not lost', () => {
    fc.assert(
      fc.property(exchange, fc.nat(), cuts, ([r, response, unit], flip, where) => {
        const good = sealRtu(unit, encodeResponse(response));
        const altered = flipped(good, flip);
        const alone = replyIn(unit, r, pieces(altered, where));
        if (alone.ok) return isThere(unit, r, altered, alone);
        const both = join(altered, good);
        const outcome = replyIn(unit, r, pieces(both, where));
        if (!outcome.ok) return false;
        return outcome.noise === altered.length
          ? alike(outcome.response, response)
          : isThere(unit, r, both, outcome);
      }),
      RUNS,
    );
  });

  it('RTU: a cut reply is never taken', () => {
    fc.assert(
      fc.property(exchange, fc.nat(), ([r, response, unit], cut) => {
        const good = sealRtu(unit, encodeResponse(response));
        const bytes = good.subarray(0, cut % good.length);
        const outcome = replyIn(unit, r, [bytes]);
        return !outcome.ok || isThere(unit, r, bytes, outcome);
      }),
      RUNS,
    );
  });

  it('RTU: a slave hears each request in any chunking and through noise', () => {
    fc.assert(
      fc.property(request, request, noise, cuts, (a, b, before, where) => {
        const reader = new RtuRequestReader();
        const meant = [encodeRtuRequest(1, a), encodeRtuRequest(2, b)];
        const bytes = join(before, ...meant);
        const heard = pieces(bytes, where).flatMap((piece) => reader.push(piece));
        const wanted = [
          [1, { ok: true, value: a }],
          [2, { ok: true, value: b }],
        ];
        const last = heard.slice(-2).map((h) => [h.unit, h.request]);
        return same(last, wanted) || hasAccident(bytes, heard, meant);
      }),
      RUNS,
    );
  });

  it('TCP: only the reply of its own transaction and unit is taken, in any chunking', () => {
    fc.assert(
      fc.property(exchange, fc.nat(0xffff), cuts, ([r, response, unit], transaction, where) => {
        const stale = sealMbap((transaction + 1) & 0xffff, unit, encodeResponse(response));
        const good = sealMbap(transaction, unit, encodeResponse(response));
        const reader = new ReplyReader(r, awaitMbap(transaction, unit));
        const outcomes = pieces(join(stale, good), where).flatMap((piece) => reader.push(piece) ?? []);
        const [only] = outcomes;
        if (outcomes.length !== 1 || only?.ok !== true || only.noise !== stale.length) return false;
        if (!alike(only.response, response)) return false;
        const deaf = new ReplyReader(r, awaitMbap(transaction, unit));
        if (deaf.push(stale) !== null) return false;
        const end = deaf.end();
        return !end.ok && end.code === 'MALFORMED';
      }),
      RUNS,
    );
  });

  it('TCP: a header with a flipped bit is never taken', () => {
    fc.assert(
      fc.property(exchange, fc.nat(0xffff), fc.nat(8 * 8 - 1), ([r, response, unit], transaction, at) => {
        const altered = flipped(sealMbap(transaction, unit, encodeResponse(response)), at);
        const reader = new ReplyReader(r, awaitMbap(transaction, unit));
        return !(reader.push(altered) ?? reader.end()).ok;
      }),
      RUNS,
    );
  });

  it('TCP: a slave hears each request in any chunking', () => {
    fc.assert(
      fc.property(request, request, cuts, (a, b, where) => {
        const reader = new MbapRequestReader();
        const bytes = join(encodeMbapRequest(7, 1, a), encodeMbapRequest(8, 2, b));
        const heard = pieces(bytes, where).flatMap((piece) => reader.push(piece));
        return same(
          heard.map((h) => [h.transaction, h.unit, h.request]),
          [
            [7, 1, { ok: true, value: a }],
            [8, 2, { ok: true, value: b }],
          ],
        );
      }),
      RUNS,
    );
  });
});

/** The same answer, whatever the order of its fields. */
function alike(a: Response, b: Response): boolean {
  return Object.entries(b).every(([key, value]) => same(Reflect.get(a, key), value));
}
