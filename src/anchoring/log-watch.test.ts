import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AnchoringSite } from '../../test/anchoring-site.ts';
import { hexOf } from './hex.ts';
import { sha256 } from './key-possession.ts';
import { LogWatch, type LogEnd } from './log-watch.ts';
import { utf8 } from '../evidence/encodings.ts';

describe('the watch over a log', () => {
  let site: AnchoringSite;
  let told: LogEnd[];
  let stop: AbortController;
  let running: Promise<void>;

  beforeEach(() => {
    site = new AnchoringSite();
    told = [];
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await Promise.all([running, site.stop()]);
  });

  function watch(size: () => number): LogWatch {
    const ledger = site.ledger();
    const made = new LogWatch({
      head: (logId, at, signal) => ledger.head(logId, at, signal),
      logId: (epoch) => hexOf(sha256(utf8(site.log.origin.replace(/\d+$/, String(epoch))))),
      epoch: 0,
      size,
      onEnd: (end) => told.push(end),
      sleep: site.time.sleep,
    });
    running = made.run(stop.signal);
    return made;
  }

  it('says nothing of a log that may grow, and is clear only once the ledger was heard', async () => {
    site.chain.silent = true;
    const made = watch(() => site.size);
    await site.pass(10);
    expect(made.isClear).toBe(false);
    site.chain.silent = false;
    site.start();
    site.sign(5);
    await site.pass(200);
    expect(made.isClear).toBe(true);
    expect(told).toEqual([]);
  });

  it('tells once that it was revoked, when that is final, with the size that stays valid', async () => {
    const made = watch(() => site.size);
    site.start();
    site.sign(9);
    await site.pass(60);
    expect(site.act({ fn: 'revoke', logId: site.log.logId, validSize: 7 })).toBeNull();
    await site.pass(300);
    expect(made.isClear).toBe(false);
    expect(told).toEqual([{ kind: 'ended', size: 7, at: Number(site.head()?.at) * 1000, next: 1 }]);
  });

  it('tells of a larger head only when it is final, at once when it was poked', async () => {
    let size = 9;
    const made = watch(() => size);
    site.start();
    site.sign(9);
    await site.pass(130);
    // The journal is an old copy from here on.
    size = 4;
    made.poke('suspected');
    await site.pass(4);
    expect(told).toMatchObject([{ kind: 'rollback', size: 9, next: 1 }]);
  });
});
