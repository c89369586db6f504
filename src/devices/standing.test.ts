import { describe, expect, it } from 'vitest';
import type { LineState } from './line.ts';
import { Standing } from './standing.ts';

const reasons = (notes: readonly { readonly reason: string }[]): string[] => notes.map((n) => n.reason);
const line = (up: boolean, reason: LineState['reason']): LineState => ({ up, reason, detail: '' });

describe('how a device stands', () => {
  it('is told once per change, and a lost frame is no news', () => {
    const standing = new Standing('probe-1');
    expect(standing.good()).toEqual([{ device: 'probe-1', healthy: true, reason: 'ok' }]);
    expect(standing.failed('CHECKSUM')).toEqual([]);
    expect(standing.good()).toEqual([]);
    const told = ['timeout', 'timeout', 'timeout, asked less often', 'timeout, asked less often'];
    expect(told.map((reason) => reasons(standing.failed('TIMEOUT', reason)))).toEqual([
      [],
      [],
      ['timeout, asked less often'],
      [],
    ]);
    expect(reasons(standing.good())).toEqual(['ok']);
  });

  it('is told at once when the port is gone or the device refuses', () => {
    const standing = new Standing('probe-1');
    expect(reasons(standing.failed('PORT_LOST'))).toEqual(['port-lost']);
    expect(reasons(standing.failed('EXCEPTION_REPLY', 'exception 2'))).toEqual(['exception 2']);
  });

  it('is not well while it complains, though it answers', () => {
    const standing = new Standing('scale-1');
    expect(standing.good('not zeroed')).toEqual([
      { device: 'scale-1', healthy: false, reason: 'not zeroed' },
    ]);
    expect(reasons(standing.good())).toEqual(['ok']);
  });

  it('silence says less than nonsense or a lost line, and an open line nothing', () => {
    const standing = new Standing('radar-1');
    expect(reasons(standing.silent())).toEqual(['timeout']);
    expect(
      ['MALFORMED', 'MALFORMED', 'MALFORMED'].flatMap(() => reasons(standing.failed('MALFORMED'))),
    ).toEqual(['malformed']);
    expect(standing.silent()).toEqual([]);
    expect(reasons(standing.line(line(false, 'port-denied')))).toEqual(['port-denied']);
    expect(standing.silent()).toEqual([]);
    expect(standing.line(line(true, 'ok'))).toEqual([]);
    expect(reasons(standing.silent())).toEqual(['timeout']);
  });

  it('what is complained of lasts until it is taken back, or a minute', () => {
    const standing = new Standing('reader-1');
    standing.complain('clock', 'clock 9 s off', 0, true);
    standing.complain('exception', 'overflow', 0, false);
    expect(reasons(standing.up(1))).toEqual(['clock 9 s off']);
    standing.takeBack('clock');
    expect(reasons(standing.up(59_999))).toEqual(['overflow']);
    expect(reasons(standing.up(60_000))).toEqual(['ok']);
    standing.complain('clock', 'clock 9 s off', 60_000, true);
    expect(standing.down('port-lost')).toEqual([{ device: 'reader-1', healthy: false, reason: 'port-lost' }]);
    expect(reasons(standing.up(60_001))).toEqual(['ok']);
  });
});
