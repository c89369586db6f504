import { describe, expect, it } from 'vitest';
import { depotRule, objections, Story } from '../../test/rules/depot.ts';

const S = 1000;
const GATE = 'gate-1/position';

describe('a state that changed without a command', () => {
  const FORCED = depotRule({
    kind: 'state',
    on: { quantity: 'barrier' },
    is: 'open',
    'without-command': '15s',
    'raise-after': '2s',
  });

  it('raises when no command was near, before or after', () => {
    const story = new Story([FORCED])
      .read(GATE, 0)
      .wait(S)
      .read(GATE, 1)
      .wait(2 * S);
    expect(story.words()).toEqual(['r opened']);
    expect(story.read(GATE, 0).words()).toEqual(['r closed']);
  });

  it('does not for one that was commanded, also when the record of it comes a second later', () => {
    const before = new Story([FORCED])
      .read(GATE, 0)
      .command('gate-1', 'barrier-open')
      .wait(15 * S);
    expect(
      before
        .read(GATE, 1)
        .wait(60 * S)
        .said(),
    ).toEqual([]);
    const after = new Story([FORCED]).read(GATE, 0).wait(S).read(GATE, 1).wait(S);
    expect(
      after
        .command('gate-1', 'barrier-open')
        .wait(60 * S)
        .said(),
    ).toEqual([]);
  });

  it('does for one commanded too long ago, of another device, or that failed', () => {
    for (const [wait, device, step] of [
      [16, 'gate-1', 2],
      [1, 'dock', 2],
      [1, 'gate-1', 3],
    ] as const) {
      const story = new Story([FORCED])
        .read(GATE, 0)
        .command(device, 'barrier-open', step)
        .wait(wait * S);
      expect(
        story
          .read(GATE, 1)
          .wait(3 * S)
          .words(),
      ).toEqual(['r opened']);
    }
  });

  it('does not for one that was open from the beginning, and is not known without a value', () => {
    const story = new Story([FORCED]).read(GATE, 1).wait(60 * S);
    expect(story.said()).toEqual([]);
    expect(story.read(GATE, null).words()).toEqual(['r unknown']);
  });

  it('is refused for what takes no commands', () => {
    expect(objections({ ...FORCED, on: { stream: 'door-1/contact' } })).toEqual([
      'without-command.device: "door-1" takes no commands; known: gate-1, dock',
    ]);
    const command = { within: '15s', verb: 'barier-open' };
    expect(objections({ ...FORCED, 'without-command': command })).toEqual([
      'without-command.verb: "barier-open" is no verb of gate-1; did you mean "barrier-open"?',
    ]);
  });
});

describe('feedback', () => {
  const FEEDBACK = depotRule({
    kind: 'feedback',
    on: { quantity: 'barrier' },
    after: { verb: 'barrier-open', within: '10s' },
    is: 'open',
  });
  const story = (): Story => new Story([FEEDBACK]).read(GATE, 0).command('gate-1', 'barrier-open');

  it('raises for an answer that does not come, until it does', () => {
    const told = story().wait(9 * S);
    expect(told.said()).toEqual([]);
    expect(told.wait(S).words()).toEqual(['r opened']);
    expect(told.read(GATE, 1).words()).toEqual(['r closed']);
  });

  it('does not for one that comes in time, nor after another command', () => {
    expect(
      story()
        .wait(9 * S)
        .read(GATE, 1)
        .wait(60 * S)
        .said(),
    ).toEqual([]);
    expect(
      story()
        .wait(S)
        .command('gate-1', 'barrier-close')
        .wait(60 * S)
        .said(),
    ).toEqual([]);
  });

  it('is not known without a value, and raises all the same', () => {
    expect(
      story()
        .read(GATE, null)
        .wait(10 * S)
        .words(),
    ).toEqual(['r unknown', 'r known', 'r opened']);
  });

  it('is refused without a verb', () => {
    expect(objections({ ...FEEDBACK, after: '10s' })).toEqual([
      'after: must name the verb whose answer is awaited',
    ]);
    expect(objections({ ...FEEDBACK, after: undefined })).toEqual([
      'after: is missing; expected a command such as { verb: open, within: 10s }',
    ]);
  });
});
