import { describe, expect, it } from 'vitest';
import { Caller } from '../vehicle/caller.fixture.ts';
import { files } from '../vehicle/map.fixture.ts';
import { until } from '../vehicle/opened.fixture.ts';
import { answers, listening, location, Speech, TERMINAL } from './call.fixture.ts';
import { MessageId } from './codec.ts';
import { encodeBatch, encodeLocation } from './location.ts';
import { simulateJtt808 } from './simulator.ts';

const now = (): number => Math.floor(Date.now() / 1000) * 1000;

describe('a terminal that splits its messages', () => {
  it.each([
    ['2013', TERMINAL, '8003: 0000010002'],
    ['2019', TERMINAL.padStart(20, '0'), '8003: 000000010002'],
  ])('of %s splits what is long; the part that is missing is asked for', async (_, terminal, asked) => {
    const { fleet, at } = await listening({ auth: 'none' });
    await using _fleet = fleet;
    using caller = new Caller(at);
    const speech = new Speech(terminal);
    const t = now();
    const times = Array.from({ length: 40 }, (__, i) => t - i * 60_000);
    const body = encodeBatch(
      true,
      times.map((time) => encodeLocation(location(time))),
    );
    const frames = speech.split(MessageId.locations, body, 700);
    const [first = frames[0], second, last] = frames;
    expect(frames).toHaveLength(3);
    fleet.commits = false;
    for (const frame of [first, last, last]) caller.say(frame ?? new Uint8Array());
    await until('it is asked for', () => answers(caller).includes(asked));
    expect(answers(caller)).toEqual(['8001: 0000070400', '8001: 0002070400', '8001: 0002070400', asked]);
    caller.say(second ?? new Uint8Array());
    await until('it is whole', () => fleet.arrivals.some((a) => a.readings.length > 0));
    const fixes = fleet.arrivals.flatMap((a) => a.readings).filter((r) => r.stream === 'truck-1/fix');
    expect(fixes.map((r) => r.sourceAt)).toEqual(times);
    caller.say(first ?? new Uint8Array());
    caller.say(speech.say(MessageId.heartbeat));
    await until('the heartbeat', () => answers(caller).length === 5);
    // Not one answer more before the commit, then that of the part that made it whole.
    expect(answers(caller).at(-1)).toBe('8001: 0003000200');
    fleet.arrivals.findLast((a) => a.readings.length > 0)?.committed?.();
    await until('its answer', () => answers(caller).at(-1) === '8001: 0001070400');
    caller.say(first ?? new Uint8Array());
    await until('what comes again', () => answers(caller).at(-1) === '8001: 0000070400');
    expect(fleet.refusals).toEqual([]);
  });

  it('may split a picture, which nobody keeps', async () => {
    const { fleet, at } = await listening({ auth: 'none' });
    await using _fleet = fleet;
    using caller = new Caller(at);
    const speech = new Speech();
    for (const frame of speech.split(0x0801, new Uint8Array(90), 30)) caller.say(frame);
    await until('three answers', () => answers(caller).length === 3);
    expect(answers(caller)).toEqual(['8001: 0000080103', '8001: 0001080103', '8001: 0002080103']);
  });

  it('the simulator splits its reports, loses parts and repeats them', { timeout: 40_000 }, async () => {
    const { fleet, at, raw } = await listening();
    await using _fleet = fleet;
    await using simulator = simulateJtt808(raw, files, at);
    for (const fault of ['split', 'part-lost', 'parts-mixed', 'parts-twice'] as const) {
      simulator.fault('truck-1', fault);
      const arrived = fleet.arrivals.length;
      await until(
        fault,
        () => fleet.arrivals.slice(arrived).filter((a) => a.readings.length > 0).length > 1,
        10_000,
      );
    }
    // It measures more often than its clock counts.
    expect(fleet.refusals.filter((r) => !r.startsWith('truck-1 REFUSED repeat of '))).toEqual([]);
    simulator.fault('truck-1', 'part-never');
    const never = /^truck-1 TIMEOUT part 1 of .* never came, and more than 2/;
    await until('it is given up', () => fleet.refusals.some((r) => never.test(r)), 20_000);
  });
});
