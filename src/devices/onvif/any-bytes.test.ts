import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as answers from './answers.ts';
import { decodeProbe, decodeProbeMatches, encodeProbe, encodeProbeMatch } from './discovery-message.ts';
import type { EventMessage } from './event-message.ts';
import { decodeRequest, encodeRequest } from './requests.ts';
import { decodeEnvelope, encodeEnvelope, encodeFault } from './soap.ts';
import { element } from './xml-writer.ts';

/** Cases: a hundred thousand with every test run, more by BAILEE_FUZZ. */
const RUNS = Number(process.env['BAILEE_FUZZ'] ?? 100_000);

const AT = Date.UTC(2026, 1, 3, 8);
const ASKED = 'urn:uuid:ask-1';
const EVENT: EventMessage = {
  topic: 'VideoSource/MotionAlarm',
  at: AT,
  operation: 'Changed',
  source: new Map([['Source', 'VideoSource_1']]),
  data: new Map([['State', 'true']]),
};
const CAMERA = { id: 'urn:uuid:cam-1', addresses: ['http://192.0.2.7/onvif'], name: '库房', hardware: 'C1' };
const SERVICES = { events: 'http://c/e', media: 'http://c/m', media2: null };
const HEADERS = [element('urn:x', 'Id', '7')];

/** Whatever a camera may be asked for, and everything it may say. */
const MESSAGES: readonly Uint8Array[] = [
  ...[
    answers.encodeClock(AT),
    answers.encodeServices(SERVICES),
    answers.encodeCapabilities(SERVICES),
    answers.encodeProfiles([{ token: 'p1', hasEncoder: true }], 2),
    answers.encodeSnapshotUri('http://c/snapshot', 1),
    answers.encodeSubscription({ address: 'http://c/pull/1', headers: HEADERS, leaseMs: 60_000 }, AT),
    answers.encodeRenewed(60_000, AT),
    answers.encodePulled([EVENT, EVENT], 60_000, AT),
    encodeRequest({ op: 'PullMessages', timeoutMs: 15_000, limit: 100 }),
  ].map((body) => encodeEnvelope(body, HEADERS)),
  encodeFault('NotAuthorized', 'no'),
  encodeProbe(ASKED, 'dn:NetworkVideoTransmitter'),
  encodeProbeMatch('urn:uuid:answer-1', ASKED, CAMERA),
];

type Change = { readonly at: number; readonly length: number; readonly bytes: Uint8Array };

/** What happens on a wire, and what somebody hostile may do: bytes in place of others, or taken from elsewhere. */
const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(4000),
  length: fc.nat(40),
  bytes: fc.oneof(
    fc.uint8Array({ maxLength: 4 }),
    fc
      .tuple(fc.constantFrom(...MESSAGES), fc.nat(2000), fc.nat(200))
      .map(([message, from, length]) => message.slice(from, from + length)),
  ),
});

function changed(message: Uint8Array, changes: readonly Change[]): Uint8Array {
  return changes.reduce((bytes, { at, length, bytes: put }) => {
    const from = at % (bytes.length + 1);
    return Uint8Array.from(Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + length)]));
  }, message);
}

function isTime(ms: number | null): boolean {
  return ms === null || Number.isSafeInteger(ms);
}

/** What comes on the port of WS-Discovery: anybody may have sent it. */
function readDiscovery(bytes: Uint8Array): number {
  decodeProbe(bytes);
  const found = decodeProbeMatches(bytes, new Set([ASKED]));
  for (const { addresses } of found) {
    expect(addresses.length).toBeLessThanOrEqual(8);
    for (const address of addresses) expect(new URL(address).protocol).toMatch(/^https?:$/);
  }
  return found.length;
}

/** Everything that reads a body, on every body: a camera answers what it likes. */
function readAnswer(bytes: Uint8Array): 'body' | 'fault' | 'none' {
  const envelope = decodeEnvelope(bytes);
  if (envelope.kind !== 'body') return envelope.kind;
  const { body } = envelope;
  decodeRequest(body);
  answers.decodeServices(body);
  answers.decodeCapabilities(body);
  answers.decodeProfiles(body);
  answers.decodeSnapshotUri(body);
  const times = [answers.decodeClock(body), answers.decodeLease(body)];
  times.push(answers.decodeSubscription(body)?.leaseMs ?? null);
  const pulled = answers.decodePulled(body);
  for (const { at } of pulled?.events ?? []) times.push(at);
  expect(times.filter((ms) => !isTime(ms))).toEqual([]);
  return 'body';
}

describe('whatever a camera sends', { timeout: 30_000 + RUNS }, () => {
  it('is read or refused: nothing throws, no time is none, no address is of another kind', () => {
    const kinds = new Map<string, number>();
    fc.assert(
      fc.property(
        fc.constantFrom(...MESSAGES),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        fc.nat(7),
        (message, changes, way) => {
          const bytes = changed(message, changes);
          const kind = way === 0 ? `found ${readDiscovery(bytes)}` : readAnswer(bytes);
          kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        },
      ),
      { numRuns: RUNS },
    );
    // Some changes are harmless, and most are not.
    expect(kinds.get('body')).toBeGreaterThan(RUNS / 100);
    expect(kinds.get('none')).toBeGreaterThan(RUNS / 3);
  });

  it('unchanged, is read', () => {
    expect(MESSAGES.map(readAnswer)).toEqual([...Array(9).fill('body'), 'fault', 'body', 'body']);
    expect(decodeProbeMatches(encodeProbeMatch('a', ASKED, CAMERA), new Set([ASKED]))).toEqual([CAMERA]);
  });
});
