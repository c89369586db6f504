import { array, assert, integer, property } from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseQuestion } from '../../src/evidence/question.ts';
import { duration } from '../../src/evidence/intervals.ts';
import { utf8 } from '../../src/evidence/encodings.ts';
import { STEPS } from '../../src/evidence/verify-steps.ts';
import { check, inspect, type Progress } from '../../src/web/verifier/check.ts';
import { Curve } from '../../src/web/verifier/curve.ts';
import { clipped, shareText, spanText, stretches } from '../../src/web/verifier/format.ts';
import { columnsOf, shownTime } from '../../src/web/verifier/plot.ts';
import { bundleOf, HOUR, range, withFile } from './bundles.ts';
import { changed, story } from './stories.ts';
import { fourHours, MINUTE, ORIGIN, T, type SmallLog } from './small-log.ts';

let log: SmallLog;
let bundle: Uint8Array;
beforeAll(() => {
  log = fourHours((l, t) => {
    if (t === T + 90 * MINUTE) l.reading(1, t + 1, 900);
  });
  bundle = bundleOf(log, range());
});

describe('a bundle that is only looked at', () => {
  it('tells what it says of itself, and is called nothing yet', () => {
    const { failure, claims } = inspect(bundle);
    expect(failure).toBeNull();
    expect(claims).toMatchObject({ origin: ORIGIN, question: range(), proposal: range() });
    expect(claims?.streams).toMatchObject([{ slot: 1, dev: 'probe-1', ch: 't', unit: 'Cel', exp: -2 }]);
  });

  it('gets a question proposed where the sender asks none: all measured streams, all the time there is', () => {
    const silent = withFile(bundle, 'bundle.json', () =>
      utf8(JSON.stringify({ format: 'bailee/bundle/v1', origin: ORIGIN, question: null })),
    );
    const { claims } = inspect(silent);
    expect(claims?.question).toBeNull();
    expect(claims?.proposal).toMatchObject({ kind: 'range', slots: [1], unit: 'Cel', exp: -2 });
    expect(parseQuestion(utf8(JSON.stringify(claims?.proposal))).ok).toBe(true);
  });

  it('is told to be none where it is none', () => {
    expect(inspect(new Uint8Array(50))).toMatchObject({ failure: { code: 'BUNDLE_FORMAT' }, claims: null });
  });

  it('may have a descriptor that cannot be read: that is for a later step', () => {
    const broken = withFile(bundle, 'streams/1/descriptors.cbor', () => Uint8Array.of(0xff));
    expect(inspect(broken)).toMatchObject({ failure: null, claims: { streams: [] } });
    expect(check(broken, log.policy(), range(), () => undefined)).toMatchObject({
      verdict: { failure: { code: 'DESCRIPTOR' } },
      picture: null,
    });
  });
});

describe('the picture of a verdict', () => {
  it('has the numbers of the verdict, as intervals and curves', () => {
    const { verdict, picture } = check(bundle, log.policy(), range(), () => undefined);
    const [stream] = picture?.streams ?? [];
    const [told] = verdict.streams;
    expect(stream && duration(stream.out)).toBe(told?.outMs);
    expect(stream && duration(stream.silent)).toBe(told?.gapMs);
    expect(stream?.out[0]?.from).toBe(T + 90 * MINUTE + 1);
    expect(stream?.line.some(({ v }) => v === 900)).toBe(true);
    expect(stream?.line.every(({ t }) => t >= T + HOUR - 2 * MINUTE && t < T + 2 * HOUR + 2 * MINUTE)).toBe(
      true,
    );
    expect(picture?.notAfter).toBeGreaterThanOrEqual(T + 2 * HOUR);
  });

  it('draws no line across time without a reading, not even where the clock is in doubt', () => {
    const silent = story({
      minute: (l, t) => (t < T + 80 * MINUTE || t > T + 90 * MINUTE) && l.reading(1, t, 400),
    });
    const doubting = changed(silent, { maxErrMs: 1 });
    const { picture } = check(bundleOf(silent, range()), doubting, range(), () => undefined);
    const [stream] = picture?.streams ?? [];
    if (stream === undefined || picture === null) throw new Error('no picture');
    expect(stream.silent).toEqual([]);
    expect(picture.uncertain).toEqual([{ from: T + HOUR, to: T + 2 * HOUR }]);
    const shown = { from: T + HOUR, to: T + 2 * HOUR };
    const [times, line] = columnsOf({ stream, question: range(), uncertain: picture.uncertain, shown });
    expect(Array.from(times).flatMap((t, i) => (line?.[i] === null ? [t * 1000] : []))).toEqual([
      T + 86 * MINUTE,
    ]);
  });

  it('is told of as the check goes on, step by step', () => {
    const told: Progress[] = [];
    check(bundle, log.policy(), range(), (progress) => told.push(progress));
    expect(told.map((p) => p.step)).toEqual(STEPS);
    expect(told.find((p) => p.step === 'leaves')?.total).toBeGreaterThan(80);
  });

  it('does not grow with the question: all of time may be asked', () => {
    const ever = range({ from: 0, to: Number.MAX_SAFE_INTEGER });
    const { verdict, picture } = check(bundle, log.policy(), ever, () => undefined);
    expect(verdict).toMatchObject({ evidence: 'valid', answer: 'no' });
    const held = picture?.held ?? { from: 0, to: 0 };
    const shown = shownTime(ever, held);
    expect(shown && shown.to - shown.from).toBe(3 * (held.to - held.from));
    expect(shownTime({ from: held.to + 10 * HOUR, to: held.to + 11 * HOUR }, held)).toBeNull();
  });
});

describe('a curve', () => {
  it('keeps the lowest and the highest, in order, in no more points than it may have', () => {
    const readings = array(integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 2000 });
    assert(
      property(readings, integer({ min: 4, max: 100 }), (values, most) => {
        const curve = new Curve(most);
        values.forEach((v, t) => curve.add(t, v));
        const { points, readings: seen, perPair } = curve.finish();
        expect(seen).toBe(values.length);
        expect(points.length).toBeLessThanOrEqual(most + 2);
        const shown = points.map((p) => p.v);
        expect([Math.min(...shown), Math.max(...shown)]).toEqual([Math.min(...values), Math.max(...values)]);
        expect(points.every((p, i) => p.t >= (points[i - 1]?.t ?? 0) && values[p.t] === p.v)).toBe(true);
        if (perPair === 1) expect(shown).toEqual(values);
      }),
    );
  });
});

describe('numbers for people', () => {
  it('never round coverage up', () => {
    expect(shareText(30 * 24 * 60 - 47, 30 * 24 * 60)).toBe('99.89 %');
    expect(shareText(30 * 24 * 3600 - 2, 30 * 24 * 3600)).toBe('99.99 %');
    expect(shareText(Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER)).toBe('99.99 %');
    expect(shareText(7, 7)).toBe('100.00 %');
  });

  it('tell a span exactly', () => {
    expect(spanText(0, 'en')).toBe('0 s');
    expect(spanText(86_400_000 + 2 * 3_600_000 + 1500, 'en')).toBe('1 d 2 h 1.5 s');
    expect(spanText(-60_000, 'zh')).toBe('−1 分');
  });

  it('stand beside nothing that a stranger wrote to turn them', () => {
    expect(clipped('kg \u202eSEY\u0007')).toBe('kg \ufffdSEY\ufffd');
    expect(clipped('x'.repeat(5000))).toBe(`${'x'.repeat(100)}…`);
    expect(clipped('摄氏度')).toBe('摄氏度');
  });

  it('show every stretch of time in a bar, however short it is', () => {
    const window = { from: 0, to: 1_000_000 };
    expect(stretches([{ from: 500_000, to: 500_001 }], window, 100)).toEqual([{ from: 50, to: 51 }]);
    expect(stretches([{ from: -5, to: 0 }], window, 100)).toEqual([]);
    expect(
      stretches(
        [
          { from: 0, to: 10_000 },
          { from: 10_000, to: 20_000 },
        ],
        window,
        100,
      ),
    ).toEqual([{ from: 0, to: 2 }]);
  });
});
