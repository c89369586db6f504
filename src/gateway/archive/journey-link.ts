import type { HandOver, HandOverSignature } from '../../domain/goods/documents.ts';
import { handOverMessage, type Hand } from '../../domain/goods/hand-over.ts';
import { fromHex, toBase64 } from '../../evidence/encodings.ts';
import type { Primitives } from '../../evidence/primitives.ts';
import { rootAt } from '../../evidence/root-at.ts';
import type { Paper, ReadLeg } from './journey-leg.ts';

/** What stands between two legs: closed; the first that is wrong, in this order, after LINKED and SAME_LOG, which are good. */
export type LinkCode =
  | 'LINKED'
  /** Two bundles of one log: nobody else had the goods by the records. */
  | 'SAME_LOG'
  | 'HAND_OVER_MISSING'
  | 'TERMS_DIFFER'
  | 'OTHER_GOODS'
  | 'NOT_RECORDED'
  | 'ROOT_CONFLICT'
  | 'ROOT_UNKNOWN'
  | 'SIGNATURE_WRONG'
  | 'UNSIGNED'
  | 'KEY_UNKNOWN'
  | 'DISPUTED'
  | 'NOT_ACCEPTED'
  | 'OTHER_TIME'
  | 'TIME_GAP'
  /** Objections that a person settled; whether that is enough a person decides. */
  | 'SETTLED';

export type LinkStep = {
  readonly kind: 'hand-over';
  readonly code: LinkCode;
  /** The terms that link; null where there are none. */
  readonly handOver: HandOver | null;
  readonly sha256: string | null;
  /** From the end of the one bundle's time to the begin of the other's, ms; null where one of them is missing. */
  readonly betweenMs: number | null;
};

export type JourneyTerms = {
  /** Keys that the verifier trusts by party, small hexadecimal digits. */
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>;
  /** Of which goods; null: those of the hand-overs themselves, which then have to agree. */
  readonly lot: string | null;
  /** Time between two legs that is borne with, ms. */
  readonly allowGapMs: number;
};

type Pair = {
  /** null: its bundle is missing. */
  readonly giver: ReadLeg | null;
  readonly taker: ReadLeg;
  readonly papers: readonly Paper[];
  readonly terms: JourneyTerms;
};

type Terms = { readonly sha256: string; readonly document: HandOver };

/** Judges how goods came from one leg to the next. */
export function judgeLink(pair: Pair, use: Primitives): LinkStep {
  const { giver, taker } = pair;
  const betweenMs = between(giver, taker);
  const found = termsFor(pair);
  const code = found === null ? withoutTerms(pair, betweenMs) : judgeTerms(found, pair, betweenMs, use);
  const { document: handOver = null, sha256 = null } = found ?? {};
  return { kind: 'hand-over', code, handOver, sha256, betweenMs };
}

/** Origin, size and root in base64 that terms name; null where nobody told one. */
export function rootNamed({ from }: HandOver): { origin: string; size: number; root: string } | null {
  const [origin, size, root] = from?.split(' ') ?? [];
  return origin === undefined || root === undefined ? null : { origin, size: Number(size), root };
}

/** Those that the taker's log names come before those that only somebody showed; the newest first. */
function termsFor({ giver, taker, papers }: Pair): Terms | null {
  const known = papers
    .flatMap(({ sha256, document }) => (document.kind === 'hand-over' ? [{ sha256, document }] : []))
    .filter(({ document, sha256 }) => {
      const root = rootNamed(document);
      if (giver === null) return taker.recorded.has(sha256);
      return root?.origin === giver.verdict.origin;
    });
  const rank = ({ sha256 }: Terms): number => (taker.recorded.has(sha256) ? 0 : 1);
  return known.sort((x, y) => rank(x) - rank(y) || y.document.at - x.document.at)[0] ?? null;
}

function withoutTerms({ giver, taker, terms }: Pair, betweenMs: number | null): LinkCode {
  const { origin } = taker.verdict;
  if (giver === null || origin === null || giver.verdict.origin !== origin) return 'HAND_OVER_MISSING';
  return betweenMs !== null && betweenMs > terms.allowGapMs ? 'TIME_GAP' : 'SAME_LOG';
}

function judgeTerms(
  { document, sha256 }: Terms,
  { giver, taker, papers, terms }: Pair,
  betweenMs: number | null,
  use: Primitives,
): LinkCode {
  const all = papers.map((paper) => paper.document);
  if (papers.some((paper) => paper.sha256 !== sha256 && isSame(paper.document, document)))
    return 'TERMS_DIFFER';
  if (document.goods.lot !== (terms.lot ?? lotOf(papers))) return 'OTHER_GOODS';
  if (!taker.recorded.has(sha256)) return 'NOT_RECORDED';
  const root = judgeRoot(document, giver, use);
  if (root !== null) return root;
  const signed = judgeHands(
    document,
    sha256,
    all.filter((paper) => paper.kind === 'signature'),
    { keys: terms.keys, use },
  );
  if (signed !== null) return signed;
  const objections = papers.filter((paper) => isObjection(paper.document, document));
  const isOpen = objections.some((paper) => !isSettled(paper, document.handOver, [giver, taker]));
  if (isOpen || document.exceptions.length > 0) return 'DISPUTED';
  if (!document.condition.accepted) return 'NOT_ACCEPTED';
  const { from = -Infinity } = giver?.verdict.question ?? {};
  const { to = Infinity } = taker.verdict.question ?? {};
  if (document.at < from || document.at > to) return 'OTHER_TIME';
  if (betweenMs !== null && betweenMs > terms.allowGapMs) return 'TIME_GAP';
  return objections.length > 0 ? 'SETTLED' : 'LINKED';
}

function judgeRoot(document: HandOver, giver: ReadLeg | null, use: Primitives): LinkCode | null {
  const named = rootNamed(document);
  if (giver === null || named === null || giver.verdict.evidence === 'invalid') return 'ROOT_UNKNOWN';
  const proven = rootAt(giver.bundle, named.size, use);
  if (proven === null) return 'ROOT_UNKNOWN';
  return toBase64(proven) === named.root ? null : 'ROOT_CONFLICT';
}

function judgeHands(
  document: HandOver,
  sha256: string,
  signatures: readonly HandOverSignature[],
  { keys, use }: { readonly keys: JourneyTerms['keys']; readonly use: Primitives },
): LinkCode | null {
  const codes = (['giver', 'taker'] as const).map((hand): LinkCode | null => {
    const own = signatures.filter(
      (s) => s.document === sha256 && s.by === hand && s.party === document[hand],
    );
    if (own.length === 0) return 'UNSIGNED';
    // A wrong one that a stranger put beside a right one takes nothing from it.
    const right = own.filter((s) => isRight(s, hand, use));
    if (right.length === 0) return 'SIGNATURE_WRONG';
    return right.some(({ key }) => keys.get(document[hand])?.has(key) === true) ? null : 'KEY_UNKNOWN';
  });
  return (
    (['SIGNATURE_WRONG', 'UNSIGNED', 'KEY_UNKNOWN'] as const).find((code) => codes.includes(code)) ?? null
  );
}

function isRight({ key, signature, document }: HandOverSignature, hand: Hand, use: Primitives): boolean {
  const [own, bytes, digest] = [key, signature, document].map(fromHex);
  if (!own || !bytes || !digest) return false;
  return use.verifyEd25519(own, handOverMessage(digest, hand), bytes);
}

/** Each keeper numbers its own hand-overs: of the same number between others it is another one. */
function isSame(paper: Paper['document'], { handOver, giver, taker }: HandOver): boolean {
  if (paper.kind !== 'hand-over' || paper.handOver !== handOver) return false;
  return paper.giver === giver && paper.taker === taker;
}

function isObjection(paper: Paper['document'], { handOver, giver, taker }: HandOver): boolean {
  return (
    paper.kind === 'exception' && paper.handOver === handOver && (paper.by === giver || paper.by === taker)
  );
}

/** Each log that names an objection settled it after that; one that no log names stands. */
function isSettled({ sha256 }: Paper, handOver: string, legs: readonly (ReadLeg | null)[]): boolean {
  const told = legs.flatMap((leg) => {
    const at = leg?.recorded.get(sha256);
    return at === undefined ? [] : [(leg?.settled.get(handOver) ?? -1) > at];
  });
  return told.length > 0 && told.every(Boolean);
}

/** Goods of the first hand-over. */
function lotOf(papers: readonly Paper[]): string | undefined {
  const all = papers.flatMap(({ document }) => (document.kind === 'hand-over' ? [document] : []));
  return all.sort((x, y) => x.at - y.at)[0]?.goods.lot;
}

function between(giver: ReadLeg | null, taker: ReadLeg): number | null {
  const to = giver?.verdict.question?.to;
  const from = taker.verdict.question?.from;
  return to === undefined || from === undefined ? null : Math.max(0, from - to);
}
