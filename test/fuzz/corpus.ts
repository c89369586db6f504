import type { Policy } from '../../src/evidence/policy.ts';
import type { Primitives } from '../../src/evidence/primitives.ts';
import type { Question } from '../../src/evidence/question.ts';
import type { Verdict } from '../../src/evidence/verdict.ts';
import { encode } from '../../src/evidence/cbor.ts';
import { decodeDescriptor } from '../../src/evidence/descriptor.ts';
import { toHex } from '../../src/evidence/encodings.ts';
import { verify } from '../../src/evidence/verify.ts';
import { deviceMessage } from '../../src/evidence/verify-devices.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { inflateRaw } from '../../src/web/verifier/inflate.ts';
import { bundleOf, filesOf, range } from '../evidence/bundles.ts';
import { MINUTE, ORIGIN, SmallLog, T } from '../evidence/small-log.ts';
import { descriptor, seeded } from '../evidence/small-streams.ts';
import type { StreamChoice } from '../evidence/small-streams.ts';
import type { Files } from './bundle-mutations.ts';

/** An honest bundle and what it says. */
export type Honest = {
  readonly bundle: Uint8Array;
  readonly files: Files;
  readonly policy: Policy;
  readonly question: Question;
  readonly verdict: Verdict;
};

/** Signatures that were checked before are not checked again: most of a changed bundle is as it was. */
const checked = new Map<string, boolean>();
export const primitives: Primitives = {
  ...nodePrimitives,
  // Our own, which is what a browser runs; node's keeps some memory of every stream that was broken.
  inflate: inflateRaw,
  verifyEd25519(publicKey, message, signature) {
    const name = `${toHex(publicKey)} ${toHex(signature)} ${toHex(nodePrimitives.sha256(message))}`;
    const known = checked.get(name);
    if (known !== undefined) return known;
    const good = nodePrimitives.verifyEd25519(publicKey, message, signature);
    if (checked.size < 10_000) checked.set(name, good);
    return good;
  },
};

const device = seeded(50);
const SIGNED = { src: 3, pub: device.publicKey } as const;

/** Small bundles that answer yes, no and undecided, in full, by summary and leaf by leaf. */
export function corpus(): readonly Honest[] {
  const question = range({ from: T + MINUTE + 2000, to: T + 2 * MINUTE + 30_000, maxGapMs: 2 * MINUTE });
  const fine = smallLog((log, t, no) => log.reading(1, t, 400 + no));
  const hot = smallLog((log, t, no) => log.reading(1, t, no === 2 ? 900 : 400));
  const silent = smallLog((log, t, no) => (no === 0 || no > 3) && log.reading(1, t, 400));
  const d = decodeDescriptor(encode(descriptor(1, SIGNED)));
  const signed = smallLog((log, t, no) => {
    const frame = { ctr: no * 60_000 + ((t - T) % 60_000), sourceAt: t, v: 400 };
    log.record(1, t, 1, [400, 0, t, frame.ctr, device.sign(deviceMessage(d, frame))]);
  }, SIGNED);
  return [
    honest(fine, question, { mode: 'full', events: true }),
    honest(hot, question, { mode: 'full' }),
    honest(silent, range({ ...question, maxGapMs: MINUTE }), { mode: 'full' }),
    honest(signed, question, { mode: 'full' }),
    honest(fine, question, { mode: 'summary' }),
    honest(fine, question, {
      mode: 'partial',
      pick: { kind: 'times', times: [{ from: T + MINUTE, to: T + 2 * MINUTE }] },
    }),
  ];
}

function smallLog(
  minute: (log: SmallLog, t: number, no: number) => void,
  stream: StreamChoice = {},
): SmallLog {
  const log = new SmallLog([stream]);
  for (let no = 0; no < 6; no++) {
    const t0 = T + no * MINUTE;
    log.record(0, t0, 13, [9, null, null, null]);
    for (const t of [t0 + 1, t0 + 20_000, t0 + 40_000]) minute(log, t, no);
    log.seal(t0 + MINUTE, { after: 1 });
  }
  return log;
}

function honest(log: SmallLog, question: Question, choice: Parameters<typeof bundleOf>[2]): Honest {
  const own = log.policy().get(ORIGIN);
  if (own === undefined) throw new Error('no policy');
  // Clocks within a second of each other: the log is short.
  const policy = new Map([[ORIGIN, { ...own, skewMs: 0 }]]);
  const bundle = bundleOf(log, question, choice);
  const verdict = verify(bundle, policy, question, primitives);
  if (verdict.failure !== null) throw new Error(`${verdict.failure.code} at ${verdict.failure.where}`);
  return { bundle, files: filesOf(bundle), policy, question, verdict };
}
