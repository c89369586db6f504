import { describe, expect, it } from 'vitest';
import { MEANINGS } from './conditions.ts';
import type { EventMessage } from './event-message.ts';
import { FrozenPicture } from './frozen.ts';
import { InputState } from './input-state.ts';
import type { Input } from './settings.ts';

const MOTION: Input = { stream: 'cam/motion', meanings: MEANINGS.motion, source: null, holdMs: 5000 };
const LINE: Input = { stream: 'cam/line', meanings: MEANINGS['line-crossing'], source: null, holdMs: 5000 };

function motion(at: number, state: boolean, source = 'V1'): EventMessage {
  return {
    topic: 'VideoSource/MotionAlarm',
    at,
    operation: 'Changed',
    source: new Map([['Source', source]]),
    data: new Map([['State', String(state)]]),
  };
}

function crossed(at: number): EventMessage {
  return {
    topic: 'RuleEngine/LineDetector/Crossed',
    at,
    operation: null,
    source: new Map(),
    data: new Map(),
  };
}

describe('an input', () => {
  it('is on while any of its sources is, and unknown before the first word and after a new pull point', () => {
    const state = new InputState(MOTION);
    expect(state.v).toBeNull();
    const seen = [motion(1, true), motion(2, true, 'V2'), motion(3, false), motion(4, false, 'V2')].map(
      (e) => {
        state.take(e, 0);
        return state.v;
      },
    );
    expect(seen).toEqual([1, 1, 1, 0]);
    state.forget();
    expect(state.v).toBeNull();
  });

  it('takes repeats for what they are, and a clock that was set back for none', () => {
    const state = new InputState(MOTION);
    const take = (e: EventMessage): unknown => state.take(e, 0);
    expect([take(motion(1000, true)), take(motion(1000, true))]).toEqual(['taken', 'other']);
    expect([take(motion(2000, false)), take(motion(1000, true))]).toEqual(['taken', 'other']);
    expect(state.v).toBe(0);
    // Within one second of a camera that tells seconds all three count.
    expect([true, false, true].map((v) => take(motion(3000, v)))).toEqual(['taken', 'taken', 'taken']);
    expect(state.v).toBe(1);
    expect([take(motion(500, false)), state.v]).toEqual(['taken', 0]);
  });

  it('is only of the source it names', () => {
    const state = new InputState({ ...MOTION, source: 'V2' });
    expect([state.take(motion(1, true), 0), state.v]).toEqual(['other', null]);
    expect([state.take(motion(2, true, 'V2'), 0), state.v]).toEqual(['taken', 1]);
  });

  it('holds what has no state, from the last time on', () => {
    const state = new InputState(LINE);
    expect(state.v).toBe(0);
    state.take(crossed(1), 1000);
    state.take(crossed(2), 4000);
    expect([state.v, state.expire(8999), state.v, state.expire(9000), state.v]).toEqual([
      1,
      false,
      1,
      true,
      0,
    ]);
    expect(state.expire(20_000)).toBe(false);
  });

  it('is bounded in sources, and says so', () => {
    const state = new InputState(MOTION);
    const taken = Array.from({ length: 70 }, (_, i) => state.take(motion(i, true, `V${i}`), 0));
    expect(taken.slice(0, 64).every((t) => t === 'taken')).toBe(true);
    expect(taken[64]).toEqual({ wrong: 'more than 64 sources' });
    expect(state.take(motion(100, false, 'V1'), 0)).toBe('taken');
  });
});

describe('pictures', () => {
  it('are frozen when three in a row are alike, and alive when three are different (R31)', () => {
    const frozen = new FrozenPicture();
    const told = 'abbbbcbcdeee'.split('').map((hash) => frozen.take(hash));
    expect(told).toEqual([null, null, null, 1, 1, 1, 1, 1, 0, 0, 0, 1]);
  });
});
