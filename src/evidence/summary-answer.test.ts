import { describe, expect, it } from 'vitest';
import { HOUR, bundleOf, range, use } from '../../test/evidence/bundles.ts';
import { MINUTE, type SmallLog, T, fourHours } from '../../test/evidence/small-log.ts';
import { descriptor, seeded } from '../../test/evidence/small-streams.ts';
import { changed, story, type SealChange } from '../../test/evidence/stories.ts';
import { encode } from './cbor.ts';
import { decodeDescriptor } from './descriptor.ts';
import { deviceMessage } from './verify-devices.ts';
import { verify } from './verify.ts';

/** Out of range in block 9. */
const hot = (log: SmallLog, t: number): void =>
  log.reading(1, t, t >= T + 90 * MINUTE && t < T + 100 * MINUTE ? 900 : 400);

const told = (log: ReturnType<typeof story>, since = 0) =>
  verify(
    bundleOf(log, range(), { mode: 'summary' }),
    changed(log, { acceptSummary: true, since }),
    null,
    use,
  );

describe('a summary proves less than its leaves', () => {
  it('is never level A and never without L3: no signature of it was seen', () => {
    const device = seeded(50);
    const signing = { src: 3, pub: device.publicKey } as const;
    const d = decodeDescriptor(encode(descriptor(1, signing)));
    const log = story({
      streams: [signing],
      minute: (l, t) => {
        const frame = { ctr: (t - T) / MINUTE, sourceAt: t, v: 400 };
        l.record(1, t, 1, [400, 0, t, frame.ctr, device.sign(deviceMessage(d, frame))]);
      },
    });
    const accepting = changed(log, { acceptSummary: true });
    const toldOf = (choice: Parameters<typeof bundleOf>[2]) =>
      verify(bundleOf(log, range(), choice), accepting, null, use);
    expect(toldOf({ mode: 'full' })).toMatchObject({ streams: [{ level: 'A' }], limits: ['L1', 'L2', 'L5'] });
    expect(toldOf({ mode: 'summary' })).toMatchObject({ answer: 'yes', streams: [{ level: 'B' }] });
    expect(toldOf({ mode: 'summary' }).limits).toContain('L3');
    const pick = { kind: 'times', times: [{ from: T, to: T + HOUR }] } as const;
    expect(toldOf({ mode: 'partial', pick })).toMatchObject({ streams: [{ level: 'B' }] });
  });

  it('does not say no for a block whose clock is not believed, nor for one before `since`', () => {
    const vague = {
      forge: { block: (b) => ({ clock: { ...b.clock, err: 24 * HOUR } }) },
    } satisfies SealChange;
    expect(told(story({ minute: hot }))).toMatchObject({ answer: 'no', because: ['OUT_OF_RANGE'] });
    expect(told(story({ minute: hot, seal: { 9: vague } }))).toMatchObject({
      answer: 'undecided',
      because: ['OUT_OF_RANGE', 'GAPS_TOO_LONG', 'CLOCK_UNSURE'],
    });
    expect(told(story({ minute: hot }), T + 100 * MINUTE)).toMatchObject({
      answer: 'undecided',
      because: ['GAPS_TOO_LONG'],
      streams: [{ outMs: 0 }],
    });
    expect(told(fourHours())).toMatchObject({ answer: 'yes' });
  });
});
