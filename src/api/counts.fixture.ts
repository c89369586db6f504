import { Refused } from '../domain/errors.ts';
import type { Count, CountOrder } from './count-types.ts';
import { RECEIPT_A, RECEIPT_B } from './grants.fixture.ts';
import type { Actor, Counting } from './port.ts';
import { NOON } from './site-things.fixture.ts';

/** Counts of two receipts in memory, which run until the test has enough. */
export class MemoryCounts implements Counting {
  counts: Count[] = [];

  start(receipt: string, { actor, role: _role, ...order }: CountOrder & Actor): Count {
    const known = this.find(receipt, order.challengeId);
    if (known !== null) return known;
    if (![RECEIPT_A, RECEIPT_B].includes(receipt))
      throw new Refused('NOT_FOUND', `there is no receipt ${receipt}`);
    const lists = { salt: 'd4'.repeat(32), missing: ['e2'.repeat(12)], unexpected: [] };
    const open = { reply: null, document: null, statement: null, lists };
    const count: Count = {
      ...order,
      ...open,
      receipt,
      state: 'running',
      receivedAt: NOON,
      by: String(actor),
    };
    this.counts.push(count);
    return count;
  }

  find(receipt: string, challengeId: string): Count | null {
    return this.counts.find((c) => c.receipt === receipt && c.challengeId === challengeId) ?? null;
  }

  list(receipt: string): readonly Count[] {
    return this.counts.filter((c) => c.receipt === receipt);
  }

  running(): readonly Count[] {
    return this.counts;
  }
}
