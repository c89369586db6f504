import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeJourney } from '../src/cli/journey-text.ts';
import type { HandOver, HandOverException, HandOverSignature } from '../src/domain/goods/documents.ts';
import { GoodsVerb } from '../src/domain/record.ts';
import { toHex } from '../src/evidence/encodings.ts';
import { parsePolicy } from '../src/evidence/policy.ts';
import { readLeg, type Paper, type ReadLeg } from '../src/gateway/archive/journey-leg.ts';
import { judgeLink } from '../src/gateway/archive/journey-link.ts';
import { BY, SUPERVISOR } from '../src/gateway/showing/hand-over.fixture.ts';
import { nodePrimitives, sha256 } from '../src/gateway/site/primitives.ts';
import { writeDocument } from '../src/goods/document-reader.ts';
import { Desk, judged, Keeper } from './goods-journey.ts';

const COLD = Array.from({ length: 6 }, () => 50);
/** Ten minutes, and five. */
const WARM = Array.from({ length: 12 }, () => 90);
const WARM_AGAIN = Array.from({ length: 6 }, () => 90);
const BETWEEN_MS = 600_000;
const MINUTE = 60_000;

let desk: Desk;
let truck: Keeper;
let clinic: Keeper;
let trust: readonly string[];
/** The truck's leg, a later one of it, the clinic's with one hand-over, and the clinic's with all of them. */
let files: { readonly truck: string; readonly later: string; readonly clinic: string; readonly all: string };
let giver: ReadLeg;
let taker: ReadLeg;
let head: string;
let good: HandOver;

beforeAll(async () => {
  desk = new Desk();
  files = {
    truck: desk.file('truck.zip'),
    later: desk.file('truck-later.zip'),
    clinic: desk.file('clinic.zip'),
    all: desk.file('clinic-all.zip'),
  };
  truck = await Keeper.open('coldtruck', 'a0a1a2a3a4a5a6a7');
  const began = truck.now;
  truck.put(GoodsVerb.placed);
  truck.read(...COLD, ...WARM, ...COLD);
  const left = truck.now;
  truck.read(...COLD, ...COLD);

  clinic = await Keeper.open('clinic', 'b0b1b2b3b4b5b6b7', left + BETWEEN_MS);
  const taken = clinic.now;
  clinic.put(GoodsVerb.placed);
  head = await truck.head(desk.folder, began);
  good = await clinic.takeFrom(truck, head, { handOver: 'HO-good', at: taken });
  clinic.read(...COLD, ...WARM_AGAIN, ...COLD);
  const checked = clinic.now;
  await truck.bundle(files.truck, began, taken - BETWEEN_MS);
  truck.read(...COLD, ...COLD);
  await truck.bundle(files.later, taken, taken + 5 * MINUTE);
  clinic.read(...COLD);
  await clinic.bundle(files.clinic, taken, checked);

  const refused = { ...good.condition, accepted: false };
  await take('refused', { condition: refused });
  await take('early', { at: began - 1 });
  await take('late', { at: taken + 86_400_000 });
  await take('settled', {});
  await objectTo('settled');
  await clinic.desk.settle('HO-settled', SUPERVISOR);
  await take('again', {});
  await objectTo('again');
  await clinic.desk.settle('HO-again', SUPERVISOR);
  await objectTo('again', 'after all');
  await take('nowhere', { from: null });
  await take('other', { goods: { ...good.goods, lot: 'beef-0612' } });
  await objectTo('other');
  await clinic.desk.settle('HO-other', SUPERVISOR);
  clinic.read(...COLD);
  await clinic.bundle(files.all, taken, clinic.now);
  trust = desk.trust(truck, clinic);
  [giver, taker] = [readFile(files.truck), readFile(files.all)];
}, 60_000);

afterAll(() => {
  for (const one of [clinic, truck, desk]) one[Symbol.dispose]();
});

async function take(name: string, more: Partial<HandOver>): Promise<void> {
  await clinic.takeFrom(truck, head, { handOver: `HO-${name}`, at: good.at, ...more });
}

async function objectTo(name: string, note = 'it is dented'): Promise<void> {
  await clinic.desk.object(`HO-${name}`, { by: 'clinic', code: 'damage', note, pictures: [] }, BY);
}

function readFile(name: string): ReadLeg {
  const policy = parsePolicy(readFileSync(desk.policy), sha256);
  if (!policy.ok) throw new Error(policy.why);
  return readLeg({ name, bundle: readFileSync(name) }, policy.policy, nodePrimitives);
}

function papersOf(name: string): readonly Paper[] {
  return taker.papers.filter(({ document }) => document.handOver === `HO-${name}`);
}

function paper(document: Paper['document']): Paper {
  return { sha256: toHex(sha256(writeDocument(document))), document };
}

function signaturesOf(terms: HandOver): readonly HandOverSignature[] {
  const { handOver } = terms;
  const common = { kind: 'signature', handOver, document: paper(terms).sha256 } as const;
  return [
    { ...common, by: 'giver', party: truck.party, ...truck.signed('giver', terms) },
    { ...common, by: 'taker', party: clinic.party, ...clinic.signed('taker', terms) },
  ];
}

/** How the truck's leg and the clinic's hang together by these papers. */
function linked(
  papers: readonly Paper[],
  more: { readonly allowGapMs?: number; readonly to?: ReadLeg } = {},
) {
  const { allowGapMs = BETWEEN_MS, to = taker } = more;
  const keys = new Map([truck, clinic].map(({ party, key }) => [party, new Set([key.raw])]));
  return judgeLink({ giver, taker: to, papers, terms: { keys, lot: null, allowGapMs } }, nodePrimitives).code;
}

function mapSignature(papers: readonly Paper[], change: (one: HandOverSignature) => Paper[]): Paper[] {
  return papers.flatMap((one) =>
    one.document.kind === 'signature' && one.document.by === 'taker' ? change(one.document) : [one],
  );
}

/** The same signature with one bit changed. */
function spoiled(one: HandOverSignature): Paper {
  const first = Number.parseInt(one.signature.charAt(0), 16) ^ 1;
  return paper({ ...one, signature: `${first.toString(16)}${one.signature.slice(1)}` });
}

function saved(name: string, document: Paper['document']): string {
  const file = desk.file(name);
  writeFileSync(file, writeDocument(document));
  return file;
}

async function ask(...more: readonly string[]) {
  return await judged(files.truck, files.clinic, ...trust, ...more);
}

const codesOf = ({ journey }: Awaited<ReturnType<typeof judged>>) => journey.steps.map(({ code }) => code);

describe('what stands between two legs', () => {
  it('is LINKED by terms on record that both signed, HAND_OVER_MISSING without', () => {
    expect(linked(papersOf('good'))).toBe('LINKED');
    expect(linked([])).toBe('HAND_OVER_MISSING');
  });

  it('is TERMS_DIFFER with another text of the same number between the same two, not between others', () => {
    const other = paper({ ...good, waybill: 'WB-882' });
    expect(linked([...papersOf('good'), other])).toBe('TERMS_DIFFER');
    const onward = paper({ ...good, giver: 'clinic', taker: 'ward-3', from: null, at: good.at + 1 });
    expect(linked([...papersOf('good'), onward])).toBe('LINKED');
  });

  it('is NOT_RECORDED by signed terms that the taker’s log does not name', () => {
    const terms = { ...good, handOver: 'HO-aside' };
    expect(linked([terms, ...signaturesOf(terms)].map(paper))).toBe('NOT_RECORDED');
    // What its log names goes before what somebody shows, were it of a later time.
    const later = { ...terms, at: good.at + 1 };
    expect(linked([...[later, ...signaturesOf(later)].map(paper), ...papersOf('good')])).toBe('LINKED');
  });

  it('is UNSIGNED without one hand, also where that hand’s signature is under another text or by another party', () => {
    const papers = papersOf('good');
    expect(linked(mapSignature(papers, () => []))).toBe('UNSIGNED');
    const aside = signaturesOf({ ...good, waybill: 'WB-882' }).map((one) => paper(one));
    expect(linked([...mapSignature(papers, () => []), ...aside])).toBe('UNSIGNED');
    expect(linked(mapSignature(papers, (one) => [paper({ ...one, party: 'coldtruck' })]))).toBe('UNSIGNED');
  });

  it('is SIGNATURE_WRONG with one bit of it changed, not where the right one is there too', () => {
    const papers = papersOf('good');
    expect(linked(mapSignature(papers, (one) => [spoiled(one)]))).toBe('SIGNATURE_WRONG');
    expect(linked(mapSignature(papers, (one) => [spoiled(one), paper(one)]))).toBe('LINKED');
    // The giver’s, said to be the taker’s.
    const giving = signaturesOf(good)[0]?.signature ?? '';
    expect(linked(mapSignature(papers, (one) => [paper({ ...one, signature: giving })]))).toBe(
      'SIGNATURE_WRONG',
    );
  });

  it('is DISPUTED while an objection of a hand stands, SETTLED once its log settled it, by nobody else’s', () => {
    expect(linked(papersOf('settled'))).toBe('SETTLED');
    expect(linked(papersOf('again'))).toBe('DISPUTED');
    // The bundle of a lot tells nothing of what was settled about another.
    expect([...taker.settled.keys()]).toEqual(['HO-settled', 'HO-again']);
    const loose = {
      kind: 'exception',
      by: 'coldtruck',
      code: 'late',
      note: 'it was late',
      pictures: [],
    } as const;
    const objection = (more: Partial<HandOverException>): Paper =>
      paper({ ...loose, handOver: 'HO-good', ...more });
    expect(linked([...papersOf('good'), objection({})])).toBe('DISPUTED');
    expect(linked([...papersOf('settled'), objection({ handOver: 'HO-settled' })])).toBe('DISPUTED');
    expect(linked([...papersOf('good'), objection({ by: 'ward-3' })])).toBe('LINKED');
  });

  it('is NOT_ACCEPTED where the taker did not accept the condition', () => {
    expect(linked(papersOf('refused'))).toBe('NOT_ACCEPTED');
  });

  it('is OTHER_TIME before the giver’s time or after the taker’s', () => {
    expect([linked(papersOf('early')), linked(papersOf('late'))]).toEqual(['OTHER_TIME', 'OTHER_TIME']);
  });

  it('is TIME_GAP with one millisecond more between the two than is borne with', () => {
    expect(linked(papersOf('good'), { allowGapMs: BETWEEN_MS - 1 })).toBe('TIME_GAP');
  });

  it('is SAME_LOG for two bundles of one log, and TIME_GAP where nobody tells of the time between', () => {
    const to = readFile(files.later);
    expect(linked([], { to })).toBe('SAME_LOG');
    expect(linked([], { to, allowGapMs: BETWEEN_MS - 1 })).toBe('TIME_GAP');
  });
});

describe('bailee journey', () => {
  it('bears with time out of range over all legs by --allow-out and between them by --allow-gap, to the minute', async () => {
    const plain = await ask();
    expect(codesOf(plain)).toEqual(['LEG_NO', 'TIME_GAP', 'LEG_NO']);
    expect(plain).toMatchObject({ code: 1, journey: { answer: 'no', outMs: 15 * MINUTE } });
    const borne = await ask('--allow-out', '15m', '--allow-gap', '10m');
    expect(codesOf(borne)).toEqual(['LEG_YES', 'LINKED', 'LEG_YES']);
    expect(borne).toMatchObject({ code: 0, journey: { answer: 'yes', outMs: 15 * MINUTE } });
    const gap = await ask('--allow-out', '15m', '--allow-gap', '9m');
    expect([codesOf(gap)[1], gap.journey.answer]).toEqual(['TIME_GAP', 'undecided']);
    const little = await ask('--allow-out', '14m', '--allow-gap', '10m');
    // Each leg alone would be borne with.
    expect([codesOf(little), little.journey.answer]).toEqual([['LEG_YES', 'LINKED', 'LEG_YES'], 'no']);
    expect(codesOf(await ask('--allow-out', '9m', '--allow-gap', '10m'))[0]).toBe('LEG_NO');
  });

  it('takes by --hand-over what is in no bundle: terms, signatures, and objections', async () => {
    const bare = desk.repacked(files.clinic, (file, bytes) => (file.startsWith('files/') ? null : bytes));
    const askBare = async (...papers: readonly string[]) =>
      await judged(files.truck, bare, ...trust, '--allow-gap', '10m', ...papers);
    expect(codesOf(await askBare())[1]).toBe('HAND_OVER_MISSING');
    const papers = [good, ...signaturesOf(good)].map((document, i) => saved(`${i}.json`, document));
    expect(codesOf(await askBare('--hand-over', ...papers))[1]).toBe('LINKED');
    expect(codesOf(await askBare('--hand-over', papers[0] ?? ''))[1]).toBe('UNSIGNED');
    const { handOver } = good;
    const objection = saved('objection.json', {
      kind: 'exception',
      handOver,
      by: 'coldtruck',
      code: 'late',
      note: 'it was late',
      pictures: [],
    });
    expect(codesOf(await askBare('--hand-over', ...papers, objection))[1]).toBe('DISPUTED');
    await expect(askBare('--hand-over', desk.policy)).rejects.toThrow('policy.json');
  });

  it('does not decide a leg without a question, nor one whose goods came from a log that is not here', async () => {
    const unasked = desk.repacked(files.clinic, (file, bytes) => {
      if (file !== 'bundle.json') return bytes;
      const json = JSON.parse(new TextDecoder().decode(bytes)) as object;
      return new TextEncoder().encode(JSON.stringify({ ...json, question: null }));
    });
    const { code, journey } = await judged(files.truck, unasked, ...trust, '--allow-out', '15m');
    expect(journey.steps.map((step) => step.code)).toEqual(['LEG_YES', 'LINKED', 'LEG_NO_QUESTION']);
    expect([code, journey.answer, journey.evidence]).toEqual([1, 'undecided', 'valid']);
    expect(describeJourney(journey, 'zh')).toContain('有效，但未附问题');

    // Terms that name no root hide none of those that do.
    const nowhere = papersOf('nowhere').flatMap(({ document }) =>
      document.kind === 'hand-over' ? [saved('nowhere.json', document)] : [],
    );
    expect(codesOf(await judged(files.all, ...trust, '--hand-over', ...nowhere))[0]).toBe('LEG_MISSING');
  });
});
