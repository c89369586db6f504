import { describe, expect, it } from 'vitest';
import { AnchoredLog } from '../../../test/anchored-log.ts';
import { ORIGIN, WitnessingSite, type TownWitness } from '../../../test/witnessing-site.ts';

/** Three witnesses of three owners, two needed; `size` heads signed and cosigned by all. */
async function cosignedSite(size: number, owners = ['a', 'b', 'c'], quorum = 2): Promise<WitnessingSite> {
  const site = new WitnessingSite(owners, quorum);
  site.start();
  await site.seconds(1);
  for (let n = 1; n <= size; n++) {
    expect(site.sign(n)).toBe(true);
    await site.seconds(10);
  }
  return site;
}

/** The data directory is put back to what it was at this size. */
async function restore(site: WitnessingSite, size: number): Promise<void> {
  await site.stop();
  for (const known of site.notes.keys()) if (known > size) site.notes.delete(known);
  site.start();
}

function one(site: WitnessingSite, i: number): TownWitness {
  const witness = site.witnesses[i];
  if (witness === undefined) throw new Error(`no witness ${i}`);
  return witness;
}

describe('the fork guard on witnesses', () => {
  it('signs nothing before n - k + 1 have answered, and does at a first start when they know nothing', async () => {
    const site = new WitnessingSite(['a', 'b', 'c'], 2);
    one(site, 1).fault = 'unreachable';
    one(site, 2).fault = 'unreachable';
    site.start();
    await site.seconds(30);
    expect(site.witnessing.status()).toMatchObject({ guard: 'waiting', answered: 1, needed: 2 });
    expect(site.sign(1)).toBe(false);
    one(site, 2).fault = null;
    await site.seconds(60);
    expect(site.witnessing.status()).toMatchObject({ guard: 'open', answered: 2 });
    expect(site.sign(1)).toBe(true);
    await site.stop();
  });

  it('asks with the newest head that is stored, or that of size 0, and no proof', async () => {
    const site = await cosignedSite(3);
    await site.stop();
    site.start();
    await site.seconds(1);
    for (const w of site.witnesses) {
      expect(w.asked[0]).toMatchObject({ oldSize: 0n, proof: [], note: site.log.note(0) });
      expect(w.asked.at(-1)).toMatchObject({ oldSize: 3n, proof: [] });
    }
    expect(site.witnessing.maySign()).toBe(true);
    // A head bears one line of a witness, however often it is asked: beacons name it.
    expect(site.notes.get(3)?.match(/^— witness/gm)?.length).toBe(3);
    await site.stop();
  });

  it('attack 4: an old image is restored, k owners say so: a rollback, and nothing is signed for ever', async () => {
    const site = await cosignedSite(9);
    await restore(site, 6);
    await site.seconds(120);
    expect(site.witnessing.status().guard).toBe('rollback');
    expect(site.sign(7)).toBe(false);
    expect(site.alarms.filter((a) => a.kind === 'rollback')).toEqual([
      { kind: 'rollback', size: 9, localSize: 6 },
    ]);
    expect(site.alarms.filter((a) => a.kind === 'ahead').length).toBe(3);
    await site.seconds(3600);
    expect(site.witnessing.maySign()).toBe(false);
    expect(site.alarms.length).toBe(4);
    await site.stop();
  });

  it('attack 4: one witness alone names a larger size: nothing is signed and it is told, but it is no rollback', async () => {
    const site = await cosignedSite(6);
    await site.stop();
    one(site, 1).fault = { claims: 900n };
    site.start();
    await site.seconds(600);
    expect(site.witnessing.status()).toMatchObject({ guard: 'held', answered: 2 });
    expect(site.sign(7)).toBe(false);
    expect(site.alarms).toEqual([{ kind: 'ahead', witness: 'witness.example/b/1', size: 900, localSize: 6 }]);
    one(site, 1).fault = null;
    await site.seconds(600);
    expect(site.alarms.at(-1)).toEqual({ kind: 'cleared', witness: 'witness.example/b/1' });
    expect(site.sign(7)).toBe(true);
    await site.stop();
  });

  it('waits for each to have its chance: a claim that comes late holds, too', async () => {
    const site = await cosignedSite(6);
    await site.stop();
    one(site, 2).fault = 'unreachable';
    const late = Promise.withResolvers<null>();
    one(site, 2).before = late.promise;
    site.start();
    await site.seconds(5);
    expect(site.witnessing.status()).toMatchObject({ guard: 'waiting', answered: 2, needed: 2 });
    one(site, 2).fault = { claims: 900n };
    late.resolve(null);
    await site.seconds(5);
    expect(site.witnessing.status()).toMatchObject({ guard: 'held' });
    await site.stop();
  });

  it('two witnesses of one owner are one voice: their claim is no rollback', async () => {
    const site = await cosignedSite(6, ['a', 'a', 'b', 'c']);
    await site.stop();
    for (const i of [0, 1]) one(site, i).fault = { claims: 900n };
    site.start();
    await site.seconds(600);
    expect(site.witnessing.status().guard).toBe('held');
    expect(site.alarms.some((a) => a.kind === 'rollback')).toBe(false);
    await site.stop();
  });

  it('a witness that begins to lie later is told, and stops nothing', async () => {
    const site = await cosignedSite(6);
    one(site, 1).fault = { claims: 900n };
    for (let size = 7; size < 10; size++) {
      expect(site.sign(size)).toBe(true);
      await site.seconds(10);
    }
    expect(site.quorums.at(-1)).toBe(9);
    expect(site.alarms).toEqual([{ kind: 'ahead', witness: 'witness.example/b/1', size: 900, localSize: 7 }]);
    await site.stop();
  });

  it('a witness that names our own size has another head of it: FORK', async () => {
    const site = await cosignedSite(6);
    await restore(site, 5);
    await site.stop();
    site.log = new AnchoredLog(ORIGIN, { forkAt: 5 });
    site.notes.set(6, site.log.note(6));
    site.start();
    await site.seconds(10);
    expect(site.failure).toMatchObject({ name: 'StorageError', code: 'FORK' });
    expect(site.contradictions[0]).toEqual([new AnchoredLog(ORIGIN).note(6), site.log.note(6)]);
    expect(one(site, 0).frauds.length).toBeGreaterThan(0);
  });
});

describe('cosigning', () => {
  it('brings each head to all, and tells when a quorum of owners has it', async () => {
    const site = await cosignedSite(3);
    expect(site.quorums).toEqual([1, 2, 3]);
    expect(site.signers(3)).toEqual([0, 1, 2]);
    expect(site.heads.newest()?.size).toBe(3);
    await site.stop();
  });

  it('attack 29: lines of one owner count once', async () => {
    const site = await cosignedSite(2, ['a', 'a', 'b']);
    one(site, 2).fault = 'unreachable';
    site.sign(3);
    await site.seconds(60);
    expect(site.signers(3)).toEqual([0, 1]);
    expect(site.heads.owners(3)).toBe(1);
    expect(site.heads.newest()?.size).toBe(2);
    expect(site.quorums).toEqual([1, 2]);
    await site.stop();
  });

  it('goes on with one away, waits with two, and catches up with the newest alone', async () => {
    const site = await cosignedSite(1);
    one(site, 0).fault = 'unreachable';
    site.sign(2);
    await site.seconds(10);
    expect(site.heads.newest()?.size).toBe(2);
    one(site, 1).fault = 'unreachable';
    for (let size = 3; size < 40; size++) {
      site.sign(size);
      await site.seconds(600);
    }
    expect(site.heads.newest()?.size).toBe(2);
    expect(site.witnessing.status().witnesses[0]).toMatchObject({ state: 'failing', lastError: 'away' });
    one(site, 0).fault = null;
    const before = one(site, 0).asked.length;
    await site.seconds(300);
    expect(site.heads.newest()?.size).toBe(39);
    // What it knows, in one exchange, and the newest head in another: no head in between is asked for.
    expect(one(site, 0).asked.length - before).toBe(1);
    expect(site.quorums.at(-1)).toBe(39);
    await site.stop();
  });

  it('a lost answer is asked for again: the witness knows the head already, and that is no fork', async () => {
    const site = await cosignedSite(1);
    one(site, 0).fault = 'answer lost';
    site.sign(2);
    await site.seconds(2);
    one(site, 0).fault = null;
    await site.seconds(60);
    expect(site.failure).toBeNull();
    expect(site.signers(2)).toEqual([0, 1, 2]);
    site.sign(3);
    await site.seconds(10);
    expect(site.signers(3)).toEqual([0, 1, 2]);
    await site.stop();
  });

  it('names of each owner its newest cosignature for the next block', async () => {
    const site = await cosignedSite(1);
    one(site, 2).fault = 'unreachable';
    site.sign(2);
    await site.seconds(10);
    expect(site.heads.beacons().map((b) => [b.kind, b.number])).toEqual([
      [2, 2],
      [2, 2],
      [2, 1],
    ]);
    // A start finds the same ones.
    await site.stop();
    site.start();
    expect(site.heads.beacons().length).toBe(3);
    await site.stop();
  });

  it('a witness in front of a rewritten history says no once, and is not asked again', async () => {
    const site = await cosignedSite(7);
    await site.stop();
    site.start();
    await site.seconds(10);
    site.log = new AnchoredLog(ORIGIN, { forkAt: 3 });
    site.sign(8);
    await site.seconds(10);
    const asked = one(site, 0).asked.length;
    site.sign(9);
    await site.seconds(3600);
    expect(one(site, 0).asked.length).toBe(asked);
    expect(site.witnessing.status().witnesses[0]).toMatchObject({ state: 'refused' });
    expect(site.heads.newest()?.size).toBe(7);
    expect(site.contradictions.length).toBe(3);
    expect(site.alarms.filter((a) => a.kind === 'inconsistent').length).toBe(3);
    await site.stop();
  });

  it('a head under our own key that contradicts ours is FORK, whatever its size', async () => {
    const site = await cosignedSite(7);
    site.log = new AnchoredLog(ORIGIN, { forkAt: 3 });
    site.isProven = true;
    site.sign(8);
    await site.seconds(10);
    expect(site.failure).toMatchObject({ name: 'StorageError', code: 'FORK' });
    await site.stop();
  });
});
