import { describe, expect, it } from 'vitest';
import { depotRule, objections, Story } from '../../test/rules/depot.ts';

const M = 60_000;
const S = 1000;

const SOURCES = [
  depotRule({
    id: 'fence',
    kind: 'state',
    on: { quantity: 'fence' },
    is: 'on',
    'raise-after': '0s',
    priority: 'medium',
  }),
  depotRule({
    id: 'radar',
    kind: 'state',
    on: { quantity: 'intrusion' },
    is: 'on',
    'raise-after': '2s',
    priority: 'medium',
  }),
  depotRule({
    id: 'tags',
    kind: 'limit',
    on: { quantity: 'tags' },
    below: 10,
    deadband: 0,
    'raise-after': '0s',
    priority: 'medium',
  }),
];
const TOGETHER = depotRule({
  id: 'intrusion',
  kind: 'together',
  on: { zone: 'yard' },
  of: ['fence', 'radar', 'tags'],
  least: 2,
  within: '60s',
  'raise-after': '0s',
  'clear-after': '5m',
});
const QUIET = { 'fence-1/zone-1': 0, 'radar-1/intrusion': 0, 'reader-1/shelf-tags': 12 };

function ofZone(told: Story): string[] {
  return told.words().filter((word) => word.startsWith('intrusion'));
}

describe('findings together', () => {
  const story = (): Story => {
    const told = new Story([...SOURCES, TOGETHER]).hold(QUIET, M);
    expect(told.said()).toEqual([]);
    return told;
  };

  it('raise when two are found within a minute, at the record of the second', () => {
    const told = story()
      .read('fence-1/zone-1', 1)
      .wait(30 * S)
      .read('radar-1/intrusion', 1)
      .wait(2 * S);
    expect(told.said().slice(-1)[0]).toMatch(
      /^1\.5333\d* intrusion opened null p2 @9\.1$|^1\.53\d* intrusion/,
    );
  });

  it('do not raise for one alone, nor for two far apart', () => {
    const told = story()
      .read('fence-1/zone-1', 1)
      .wait(10 * S)
      .read('fence-1/zone-1', 0)
      .wait(90 * S);
    expect(ofZone(told.read('radar-1/intrusion', 1).wait(3 * S))).toEqual([]);
  });

  it('raise for what stands at the same time, however long, where no time is given', () => {
    const raw = { ...TOGETHER, within: undefined };
    const told = new Story([...SOURCES, raw])
      .hold(QUIET, M)
      .read('fence-1/zone-1', 1)
      .wait(20 * M);
    told.said();
    expect(ofZone(told.read('reader-1/shelf-tags', 9))).toEqual(['intrusion opened']);
    expect(
      ofZone(
        story()
          .read('fence-1/zone-1', 1)
          .wait(2 * M)
          .read('reader-1/shelf-tags', 9),
      ),
    ).toEqual([]);
  });

  it('clear when all were quiet for so long', () => {
    const told = story().read('fence-1/zone-1', 1).read('reader-1/shelf-tags', 9);
    expect(ofZone(told)).toEqual(['intrusion opened']);
    told.read('fence-1/zone-1', 0).hold(QUIET, 5 * M);
    expect(ofZone(told)).toEqual([]);
    expect(ofZone(told.hold(QUIET, 2 * M))).toEqual(['intrusion closed']);
  });

  it('are not known when fewer than two of the three are', () => {
    const told = story().read('fence-1/zone-1', null);
    expect(ofZone(told)).toEqual([]);
    expect(ofZone(told.health('radar-1', false))).toEqual(['intrusion unknown']);
    expect(ofZone(told.read('radar-1/intrusion', 0))).toEqual(['intrusion known']);
  });

  it('go on after a restart', () => {
    const told = story().read('fence-1/zone-1', 1).restart();
    expect(ofZone(told.read('reader-1/shelf-tags', 9))).toEqual(['intrusion opened']);
  });

  it.each([
    [
      { ...TOGETHER, of: ['fnce'] },
      'of: "fnce" is no rule that stands before this one in its file; there are none',
    ],
    [{ ...TOGETHER, of: [] }, 'of: must be a list of 1 to 16 rules'],
    [
      { ...TOGETHER, on: { zone: 'yrd' } },
      'on: names no zone; there are cold-1, cold-2, store-1, yard, gate, …',
    ],
  ])('are refused: %j', (raw, problem) => {
    expect(objections(raw)).toContain(problem);
  });
});

describe('a rule that watches only while a stream says so', () => {
  const ARMED = { on: { quantity: 'armed' }, is: 'on' };
  const FENCE = { ...SOURCES[0], while: ARMED };

  it('raises while it does, also what began before', () => {
    const told = new Story([FENCE])
      .read('fence-1/armed', 0)
      .read('fence-1/zone-1', 1)
      .wait(10 * M);
    expect(told.words()).toEqual(['fence unknown']);
    expect(told.read('fence-1/armed', 1).words()).toEqual(['fence known', 'fence opened']);
    expect(told.read('fence-1/armed', 0).read('fence-1/zone-1', 0).words()).toEqual(['fence closed']);
    expect(told.read('fence-1/zone-1', 1).words()).toEqual([]);
  });

  it('is not known while that is not, where it matters', () => {
    const told = new Story([FENCE]).read('fence-1/zone-1', 0).read('fence-1/armed', null);
    expect(told.words()).toEqual([]);
    expect(told.read('fence-1/zone-1', 1).words()).toEqual(['fence unknown']);
  });

  it('goes for rules over other rules too, and over a restart', () => {
    const raw = { ...TOGETHER, while: ARMED };
    const told = new Story([...SOURCES, raw])
      .hold({ ...QUIET, 'fence-1/armed': 1 }, M)
      .read('fence-1/zone-1', 1);
    expect(ofZone(told.restart().read('reader-1/shelf-tags', 9))).toEqual(['intrusion opened']);
    const off = new Story([...SOURCES, raw])
      .hold({ ...QUIET, 'fence-1/armed': 0 }, M)
      .read('fence-1/zone-1', 1);
    expect(ofZone(off.read('reader-1/shelf-tags', 9))).toEqual([]);
  });

  it.each([
    [{ ...FENCE, while: 'armed' }, 'while: must be a mapping of keys to values'],
    [
      { ...FENCE, while: { on: { quantity: 'armd' }, is: 'on' } },
      'while: names no stream beside fence-1/zone-1 in yard',
    ],
    [
      { ...FENCE, while: { on: { quantity: 'armed' } } },
      'while.is: is missing; expected a state such as open, or a list of whole numbers',
    ],
  ])('is refused: %j', (raw, problem) => {
    expect(objections(raw)).toContain(problem);
  });
});

describe('a rule that is not known', () => {
  it('is an alarm of its own where it says so', () => {
    const raw = { ...TOGETHER, 'on-unknown': { alarm: 'low', after: '2m', 'clear-after': '0s' } };
    const told = new Story([...SOURCES, raw])
      .hold(QUIET, M)
      .read('fence-1/zone-1', null)
      .health('radar-1', false);
    told.said();
    expect(told.hold({ 'reader-1/shelf-tags': 12 }, 3 * M).words()).toEqual(['intrusion.unknown opened']);
    told.read('radar-1/intrusion', 0);
    expect(told.words()).toEqual(['radar known', 'intrusion known', 'intrusion.unknown closed']);
  });
});

describe('an expression', () => {
  const EXPRESSION = depotRule({
    kind: 'expression',
    on: { stream: 'probe-1/temperature' },
    values: { door: { quantity: 'door' }, rh: { stream: 'probe-1/humidity' } },
    is: 'value > 8.0 && (door == 1.0 || rh > 75.0)',
    'raise-after': '0s',
  });

  it('is true of the latest values, as decimals', () => {
    const story = new Story([EXPRESSION]).read('door-1/contact', 0).read('probe-1/humidity', 600);
    expect(story.read('probe-1/temperature', 801).said()).toEqual([]);
    expect(story.read('door-1/contact', 1).said()).toEqual(['0 r opened 1 p2 @6.1']);
    expect(story.read('probe-1/temperature', 800).words()).toEqual(['r closed']);
  });

  it('is not known when it hangs on a value that is not, and only then', () => {
    const story = new Story([EXPRESSION]).read('door-1/contact', null).read('probe-1/humidity', 600);
    expect(story.read('probe-1/temperature', 700).said()).toEqual([]);
    expect(story.read('probe-1/temperature', 900).words()).toEqual(['r unknown']);
    expect(story.read('probe-1/humidity', 760).words()).toEqual(['r known', 'r opened']);
    // Too old is not known either; it clears nothing.
    expect(story.wait(10 * M).words()).toEqual(['r unknown']);
  });

  it.each([
    [{ ...EXPRESSION, is: 'value > 8' }, []],
    [
      { ...EXPRESSION, is: 'valu > 8.0' },
      ['is: Unknown variable: valu (at line 1, column 1 of the expression)'],
    ],
    [
      { ...EXPRESSION, is: '[1, 2].exists(x, x > 0)' },
      [
        'is: exists() is not allowed here; functions are startsWith, endsWith, contains, size (at line 1, column 1 of the expression)',
      ],
    ],
    [
      { ...EXPRESSION, is: 'value' },
      ['is: must be true or false, this is a double (at line 1, column 1 of the expression)'],
    ],
    [
      { ...EXPRESSION, values: { t: { quantity: 'temperature' } }, is: 't > 1.0' },
      [
        'values.t: must be one stream, beside probe-1/temperature it is probe-2/temperature, probe-3/temperature',
      ],
    ],
    [
      { ...EXPRESSION, values: { t: { quantity: 'pressure' } }, is: 't > 1.0' },
      ['values.t: must be one stream, beside probe-1/temperature it is none'],
    ],
    [
      { ...EXPRESSION, values: { value: { quantity: 'door' } }, is: 'value > 1.0' },
      ['values.value: must be a name of small letters, digits and _'],
    ],
  ])('is checked: %j', (raw, problems) => {
    expect(objections(raw)).toEqual(problems);
  });
});

describe('a route', () => {
  const STOP = depotRule({
    kind: 'route',
    on: { quantity: 'speed' },
    slower: '5 km/h',
    off: ['depot', 'customer'],
    priority: undefined,
    'raise-after': undefined,
    levels: [
      { priority: 'medium', 'raise-after': '15m' },
      { priority: 'urgent', 'raise-after': '2m', door: 'open' },
    ],
  });
  const away = { 'truck-7/inside-depot': 0, 'truck-7/inside-customer': 0, 'truck-7/door': 0 };

  it('raises for a stop off the list, sooner with an open door', () => {
    const stop = { ...away, 'truck-7/speed': 49 };
    expect(new Story([STOP]).hold(stop, 20 * M).said()).toEqual(['15 r opened 49 p3 @16.0']);
    expect(new Story([STOP]).hold({ ...stop, 'truck-7/door': 1 }, 3 * M).words()).toEqual(['r opened']);
    expect(new Story([STOP]).hold({ ...stop, 'truck-7/speed': 50 }, 20 * M).said()).toEqual([]);
  });

  it('does not for a stop on the list, and clears when it moves', () => {
    const there = { ...away, 'truck-7/inside-customer': 1, 'truck-7/speed': 0, 'truck-7/door': 1 };
    expect(new Story([STOP]).hold(there, 20 * M).said()).toEqual([]);
    const story = new Story([STOP]).hold({ ...away, 'truck-7/speed': 0 }, 20 * M);
    expect(story.hold({ 'truck-7/speed': 300 }, M).words()).toEqual(['r opened', 'r closed']);
  });

  it('is not known without a position', () => {
    const story = new Story([STOP]).hold({ ...away, 'truck-7/speed': 0 }, 2 * M);
    story
      .read('truck-7/speed', null)
      .read('truck-7/inside-depot', null)
      .read('truck-7/inside-customer', null);
    expect(story.words()).toEqual(['r unknown']);
  });

  it('is refused for a zone that is not on its map', () => {
    expect(objections({ ...STOP, off: ['depott'] })).toContain(
      'off: "depott" is no zone of the map; did you mean "depot"?',
    );
  });
});
