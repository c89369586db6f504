import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { AnchorError } from '../../src/domain/errors.ts';
import { httpWitness } from '../../src/anchoring/witness/http-witness.ts';
import type { Witness } from '../../src/anchoring/port.ts';
import { formatNoteKey, noteKey, parseNoteKey } from '../../src/evidence/note-key.ts';
import { nodePrimitives } from '../../src/gateway/primitives.ts';
import { AnchoredLog, LOG_KEY } from '../anchored-log.ts';
import { WitnessProcess, WitnessSite } from '../witnesses.ts';
import { ROUNDS } from './kills.ts';

const { sha256 } = nodePrimitives;
const KILLS = Math.ceil(ROUNDS / 5);
/** Longest time from a start to the kill, ms: some rounds end before the first answer, some after the last. */
const LONGEST_MS = 40;
const SIZES = 12;

const originOf = (round: number): string => `a.example/gw/${round.toString(16).padStart(16, '0')}/0`;

/** One history tries to get on, from whatever size the witness names. Gives the sizes that were signed. */
async function climb(log: AnchoredLog, ask: Witness, signal: AbortSignal): Promise<number[]> {
  const signed: number[] = [];
  let known = 0;
  for (let to = 1; to <= SIZES; to++) {
    try {
      const answer = await ask(log.request(Math.min(known, to), to), signal);
      if (answer.kind === 'signed') signed.push(to);
      if (answer.kind === 'signed') known = to;
      else if (answer.why.code === 'STALE_HEAD') known = Number(answer.why.size);
    } catch (error) {
      if (error instanceof AnchorError) return signed;
      throw error;
    }
  }
  return signed;
}

it(`a witness is killed ${KILLS} times while two histories of a log race: it never signs both, before and after`, async () => {
  const rounds = Array.from({ length: KILLS }, (_, round) => round);
  const keys = rounds.map((r) => formatNoteKey(noteKey(sha256, originOf(r), 'ed25519', LOG_KEY.publicKey)));
  using site = new WitnessSite(
    'witness.example/crash',
    keys.map((key) => ({ key })),
  );
  const cutOff: boolean[] = [];
  for (const round of rounds) {
    const histories = [new AnchoredLog(originOf(round)), new AnchoredLog(originOf(round), { forkAt: 0 })];
    const race = async (killAfterMs: number | null): Promise<boolean[]> => {
      await using witness = await WitnessProcess.start(site.file);
      const parsed = parseNoteKey(sha256, witness.vkey);
      if (!parsed.ok) throw new Error(parsed.why);
      const ask = httpWitness({ ...nodePrimitives, url: witness.url, key: parsed.key, timeoutMs: 5000 });
      const { signal } = new AbortController();
      const cut = killAfterMs === null ? null : delay(killAfterMs).then(() => witness.cut());
      const signed = await Promise.all(histories.map((log) => climb(log, ask, signal)));
      await cut;
      cutOff.push(signed.every((sizes) => sizes.length < SIZES));
      return signed.map((sizes) => sizes.length > 0);
    };
    const before = await race(Math.random() * LONGEST_MS);
    const after = await race(null);
    const ever = histories.map((_, i) => before[i] === true || after[i] === true);
    expect(
      ever,
      `round ${round}: histories signed before ${before.join()} and after ${after.join()}`,
    ).not.toEqual([true, true]);
    expect(after).toContain(true);
  }
  expect(cutOff).toContain(true);
}, 300_000);
