import { expect, it } from 'vitest';
import { AnchorError } from '../../src/domain/errors.ts';
import { httpWitness } from '../../src/anchoring/witness/http-witness.ts';
import type { Witness } from '../../src/anchoring/port.ts';
import { formatNoteKey, noteKey, parseNoteKey } from '../../src/evidence/note-key.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { AnchoredLog, LOG_KEY } from '../anchored-log.ts';
import { WitnessProcess, WitnessSite } from '../witnesses.ts';
import { ROUNDS } from './kills.ts';

const { sha256 } = nodePrimitives;
const KILLS = Math.ceil(ROUNDS / 10);
/** The kill comes right after so many answers at most. */
const MOST_ANSWERS = 5;
const SIZES = 12;

const originOf = (round: number): string => `a.example/gw/${round.toString(16).padStart(16, '0')}/0`;

function askOf(witness: WitnessProcess): Witness {
  const parsed = parseNoteKey(sha256, witness.vkey);
  if (!parsed.ok) throw new Error(parsed.why);
  return httpWitness({ ...nodePrimitives, url: witness.url, key: parsed.key, timeoutMs: 5000 });
}

/** One history tries to get on, from whatever size the witness names. Gives the largest size that was signed. */
async function climb(log: AnchoredLog, ask: Witness, onSigned: () => void): Promise<number> {
  const { signal } = new AbortController();
  let largest = 0;
  let known = 0;
  for (let to = 1; to <= SIZES; to++) {
    try {
      const answer = await ask(log.request(Math.min(known, to), to), signal);
      if (answer.kind === 'signed') {
        [largest, known] = [to, to];
        onSigned();
      } else if (answer.why.code === 'STALE_HEAD') known = Number(answer.why.size);
    } catch (error) {
      if (error instanceof AnchorError) return largest;
      throw error;
    }
  }
  return largest;
}

it(`a witness is killed ${KILLS} times right after an answer, while two histories of a log race: what it signed it knows, and the other history never gets in`, async () => {
  const rounds = Array.from({ length: KILLS }, (_, round) => round);
  const keys = rounds.map((r) => formatNoteKey(noteKey(sha256, originOf(r), 'ed25519', LOG_KEY.publicKey)));
  using site = new WitnessSite(
    'witness.example/crash',
    keys.map((key) => ({ key })),
  );
  for (const round of rounds) {
    const one = new AnchoredLog(originOf(round));
    const other = new AnchoredLog(originOf(round), { forkAt: 0 });
    // Either may be the first to be heard.
    const racers = round % 2 === 0 ? [one, other] : [other, one];
    const killAfter = 1 + (round % MOST_ANSWERS);
    const signed = await (async () => {
      await using witness = await WitnessProcess.start(site.file);
      let answers = 0;
      const cut: Promise<void>[] = [];
      const onSigned = (): void => void (++answers === killAfter && cut.push(witness.cut()));
      const ask = askOf(witness);
      const largest = await Promise.all(racers.map((log) => climb(log, ask, onSigned)));
      await Promise.all(cut);
      return largest;
    })();
    const winners = racers.filter((_, i) => (signed[i] ?? 0) > 0);
    expect(winners.length, `round ${round}: one history gets in`).toBe(1);
    const size = Math.max(...signed);

    await using again = await WitnessProcess.start(site.file);
    const ask = askOf(again);
    const [winner] = winners;
    const [loser] = racers.filter((log) => log !== winner);
    if (winner === undefined || loser === undefined) throw new Error('two histories');
    expect(await climb(loser, ask, () => undefined), `round ${round}: the other history after the kill`).toBe(
      0,
    );
    const shown = await fetch(new URL(`heads/${originOf(round)}`, again.url));
    expect(Number((await shown.text()).split('\n')[1])).toBeGreaterThanOrEqual(size);
    expect(await climb(winner, ask, () => undefined)).toBe(SIZES);
  }
}, 300_000);
