import { describe, expect, it } from 'vitest';
import type { GrantOrder } from '../../api/grant-types.ts';
import type { Actor } from '../../api/port.ts';
import { isAct, RecordType, SystemCode } from '../../domain/record.ts';
import { Refused, StorageError } from '../../domain/errors.ts';
import { Place, type Life } from '../data-directory.fixture.ts';
import { placeEnding } from '../keys/epoch-end.ts';
import { FIRST_PARTY, GrantBook } from './grant-book.ts';

const DAY = 86_400_000;
const SUPERVISOR = { actor: 3, role: 'supervisor' } as const;

function bookOf(life: Life, now: () => number = () => life.core.intake.notBefore): GrantBook {
  return new GrantBook({
    journal: life.journal,
    record: (input, enclosed) => life.blocks.record(input, enclosed),
    now,
    people: new Map([[3, 'Wang Fang']]),
  });
}

function order(life: Life, more: Partial<GrantOrder> = {}): GrantOrder & Actor {
  return {
    ...SUPERVISOR,
    as: 'financier',
    party: 'bank-a',
    receipts: ['a1'.repeat(32)],
    items: [],
    until: life.core.intake.notBefore + 30 * DAY,
    reason: 'loan 2026-17',
    consent: { owner: 'owner-1', document: 'c3'.repeat(32) },
    ...more,
  };
}

const actsOf = (life: Life) =>
  life.records.filter(({ type }) => type === RecordType.act).map(({ body }) => (isAct(body) ? body : null));

describe('grants', () => {
  it('are acts in the log with actor, terms and reason, and open nothing but what they name', async () => {
    using place = new Place();
    using life = await place.boot();
    const book = bookOf(life);
    const { token, grant } = book.grant(order(life));
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(grant).toMatchObject({ id: 'grant-1', actor: FIRST_PARTY + 1, by: 'Wang Fang', isInForce: true });

    const credential = book.credentialOf(token);
    expect(credential).toMatchObject({ actor: FIRST_PARTY + 1, roles: [], name: 'bank-a' });
    expect([...(credential?.grant?.receipts ?? [])]).toEqual(['a1'.repeat(32)]);
    expect(book.credentialOf(`${token}x`)).toBeNull();

    book.revoke('grant-1', { ...SUPERVISOR, reason: 'loan paid back' });
    expect(book.credentialOf(token)).toBeNull();
    const acts = actsOf(life);
    expect(acts.map((a) => a?.slice(0, 5))).toEqual([
      [3, 'supervisor', 'grant', 'grant-1', null],
      [3, 'supervisor', 'revoke', 'grant-1', null],
    ]);
    expect(acts[0]?.[5]).toMatch(/^financier bank-a until \d{4}-.*Z sha256:[0-9a-f]{64}$/);
    expect(acts.map((a) => a?.slice(6))).toEqual([
      ['loan 2026-17', 0],
      ['loan paid back', 0],
    ]);
    // The token itself is nowhere in the journal.
    expect(life.journal.meta('grants')).not.toContain(token);
  });

  it('end by themselves at their time', async () => {
    using place = new Place();
    using life = await place.boot();
    let now = life.core.intake.notBefore;
    const book = bookOf(life, () => now);
    const { token } = book.grant(order(life, { until: now + DAY }));
    now += DAY - 1;
    expect(book.credentialOf(token)).not.toBeNull();
    now += 1;
    expect(book.credentialOf(token)).toBeNull();
    expect(() => book.revoke('grant-1', { ...SUPERVISOR, reason: 'x' })).toThrow('over already');
  });

  it.each([
    ['that are over when they begin', { until: 1 }],
    ['for more than 400 days', { until: Number.MAX_SAFE_INTEGER }],
  ])('are refused %s, and leave no record', async (_, more) => {
    using place = new Place();
    using life = await place.boot();
    expect(() => bookOf(life).grant(order(life, more))).toThrow(Refused);
    expect(actsOf(life)).toEqual([]);
  });

  it('survive a restart, also one right after the commit, and revoked ones stay revoked', async () => {
    using place = new Place();
    let tokens: string[];
    {
      using life = await place.boot();
      const book = bookOf(life);
      tokens = [book.grant(order(life)).token, book.grant(order(life, { party: 'bank-b' })).token];
      book.revoke('grant-1', { ...SUPERVISOR, reason: 'x' });
    }
    using life = await place.boot();
    const book = bookOf(life);
    expect(tokens.map((token) => book.credentialOf(token)?.name ?? null)).toEqual([null, 'bank-b']);
    expect(book.list().map((g) => g.revoked?.by ?? null)).toEqual(['Wang Fang', null]);
    expect(book.grant(order(life)).grant.id).toBe('grant-3');
  });

  it('are in the next epoch of a log that was revoked, and not in one after a rollback', async () => {
    for (const [code, left] of [
      [SystemCode.epochContinues, 1],
      [SystemCode.rollbackFound, 0],
    ] as const) {
      using place = new Place();
      {
        using life = await place.boot();
        bookOf(life).grant(order(life));
        life.blocks.seal();
      }
      placeEnding((await place.site()).data, { code, size: 1, at: null, next: 1, reason: 'test' });
      using life = await place.boot();
      expect(bookOf(life).list()).toHaveLength(left);
    }
  });

  it('that were not written by us stop the start', async () => {
    using place = new Place();
    using life = await place.boot();
    life.journal.putMeta('grants', '{"next":1,"grants":[{"no":1}]}');
    expect(() => bookOf(life)).toThrow(StorageError);
  });
});
