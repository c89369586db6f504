import { GoodsVerb } from '../domain/record.ts';
import { suggestion } from '../domain/nearest.ts';
import { EPC_FORM, EPC_SAYS, LOT_FORM, LOT_SAYS } from './document-reader.ts';
import type { Stocked } from './stock.ts';

export const GOODS_VERBS = {
  place: GoodsVerb.placed,
  move: GoodsVerb.moved,
  remove: GoodsVerb.removed,
  link: GoodsVerb.linked,
  unlink: GoodsVerb.unlinked,
} as const;
export type GoodsVerbWord = keyof typeof GOODS_VERBS;

/** What somebody wants put on record of goods; what it leaves out is taken from what is on record. */
export type GoodsAct = {
  readonly verb: GoodsVerbWord;
  readonly lot: string | null;
  readonly zone: string | null;
  /** Small hexadecimal digits; null for goods without tags. */
  readonly epcs: readonly string[] | null;
};

/** One leaf of type 9. */
export type GoodsStep = {
  readonly verb: GoodsVerb;
  readonly lot: string;
  readonly epc: string | null;
  readonly zone: string;
};

/** Why something is not put on record. */
export type GoodsObjection = { readonly code: 'NOT_FOUND' | 'CONFLICT' | 'INVALID'; readonly why: string };

/** Thrown and caught in here: it ends one thing, and the next is looked at. */
class Objected extends Error {
  readonly objection: GoodsObjection;
  constructor(code: GoodsObjection['code'], why: string) {
    super(why);
    this.objection = { code, why };
  }
}

/** So many objections are told one by one. */
const MOST_TOLD = 20;

type Spot = { readonly lot: string; readonly zone: string };

/**
 * The leaves of several acts, each as if those before it had been done; or all that stands against them, and then
 * none of them is done.
 * @param zones ids of the zones there are
 */
export function stepsOf(
  goods: Stocked,
  zones: readonly string[],
  acts: readonly GoodsAct[],
):
  | { readonly ok: true; readonly steps: readonly GoodsStep[] }
  | { readonly ok: false; readonly objection: GoodsObjection } {
  const plan = new Plan(goods, zones);
  for (const act of acts) plan.add(act);
  const [first, ...others] = plan.objections;
  if (first === undefined) return { ok: true, steps: plan.steps };
  const told = [first, ...others].slice(0, MOST_TOLD).map(({ why }) => why);
  const rest = others.length + 1 - told.length;
  const why = [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
  return { ok: false, objection: { code: first.code, why } };
}

export function objectionToZone(zone: string, zones: readonly string[]): GoodsObjection | null {
  if (zones.includes(zone)) return null;
  return { code: 'INVALID', why: `zone: ${zone} is no zone of this configuration${suggestion(zone, zones)}` };
}

class Plan {
  readonly steps: GoodsStep[] = [];
  readonly objections: GoodsObjection[] = [];
  readonly #goods: Stocked;
  readonly #zones: readonly string[];
  /** As it is after these acts: tags that they change, and the zones in which a lot lies in bulk. */
  readonly #tags = new Map<string, Spot | null>();
  readonly #bulks = new Map<string, Set<string>>();

  constructor(goods: Stocked, zones: readonly string[]) {
    this.#goods = goods;
    this.#zones = zones;
  }

  add(act: GoodsAct): void {
    const isWell = this.#attempt(() => this.#checkNames(act));
    if (!isWell) return;
    if (act.epcs === null) this.#attempt(() => this.#addBulk(act));
    else for (const epc of act.epcs) this.#attempt(() => this.#addTag(act, epc));
  }

  #attempt(step: () => void): boolean {
    try {
      step();
      return true;
    } catch (error) {
      if (!(error instanceof Objected)) throw error;
      this.objections.push(error.objection);
      return false;
    }
  }

  #checkNames({ lot, zone }: GoodsAct): void {
    if (lot !== null && !LOT_FORM.test(lot)) throw new Objected('INVALID', `lot: must be ${LOT_SAYS}`);
    const objection = zone === null ? null : objectionToZone(zone, this.#zones);
    if (objection !== null) throw new Objected(objection.code, objection.why);
  }

  #addTag({ verb, lot, zone }: GoodsAct, epc: string): void {
    if (!EPC_FORM.test(epc)) throw new Objected('INVALID', `epcs: ${epc.slice(0, 130)} must be ${EPC_SAYS}`);
    const known = this.#spotOf(epc);
    if (verb === 'place' || verb === 'link') {
      if (known !== null && known.zone !== '' && (verb === 'place' || known.lot !== '')) {
        const where = `lot ${known.lot} in zone ${known.zone}`;
        throw new Objected(
          'CONFLICT',
          `${epc} is on record already, ${where}: ${verb === 'place' ? 'move' : 'unlink'} it`,
        );
      }
      const spot = { lot: needed(lot, 'lot', verb), zone: needed(zone, 'zone', verb) };
      this.#put(epc, spot, verb);
      return;
    }
    if (known === null) throw new Objected('NOT_FOUND', `${epc} is not on record`);
    if (known.zone === '') throw new Objected('CONFLICT', `${epc} was taken out already`);
    if (lot !== null && lot !== known.lot)
      throw new Objected('CONFLICT', `${epc} is of lot ${known.lot}, not of ${lot}`);
    if (verb === 'move') this.#put(epc, { lot: known.lot, zone: needed(zone, 'zone', verb) }, verb);
    else {
      if (zone !== null && zone !== known.zone)
        throw new Objected('CONFLICT', `${epc} was put into zone ${known.zone}, not ${zone}`);
      this.#tags.set(epc, null);
      this.steps.push({ verb: GOODS_VERBS[verb], epc, ...known });
    }
  }

  #addBulk({ verb, lot: named, zone: wanted }: GoodsAct): void {
    if (verb === 'link' || verb === 'unlink')
      throw new Objected('INVALID', `epcs: is missing; it must be the tags to ${verb}`);
    const lot = needed(named, 'lot', verb);
    const zone = needed(wanted, 'zone', verb);
    const zones = this.#zonesOf(lot);
    if (verb !== 'place') this.#requireBulk(lot, verb === 'remove' ? zone : null);
    if (verb === 'move') zones.clear();
    if (verb === 'remove') zones.delete(zone);
    else zones.add(zone);
    this.steps.push({ verb: GOODS_VERBS[verb], lot, epc: null, zone });
  }

  #requireBulk(lot: string, zone: string | null): void {
    const zones = this.#zonesOf(lot);
    if (zone === null ? zones.size > 0 : zones.has(zone)) return;
    const place = zone === null ? '' : ` in zone ${zone}`;
    if (zones.size === 0 && this.#goods.lots.since(lot) === null)
      throw new Objected('NOT_FOUND', `lot ${lot} never was on record here`);
    throw new Objected(
      'CONFLICT',
      `nothing of lot ${lot} lies in bulk${place}: it is gone, or all of it has tags`,
    );
  }

  #zonesOf(lot: string): Set<string> {
    const known = this.#bulks.get(lot);
    if (known !== undefined) return known;
    const zones = new Set(this.#goods.lots.bulksOf(lot).map(({ zone }) => zone));
    this.#bulks.set(lot, zones);
    return zones;
  }

  #spotOf(epc: string): Spot | null {
    const changed = this.#tags.get(epc);
    if (changed !== undefined) return changed;
    const item = this.#goods.items.get(epc);
    return item === undefined ? null : { lot: item.lot, zone: item.zone };
  }

  #put(epc: string, spot: Spot, verb: GoodsVerbWord): void {
    this.#tags.set(epc, spot);
    this.steps.push({ verb: GOODS_VERBS[verb], epc, ...spot });
  }
}

function needed(value: string | null, field: string, verb: string): string {
  if (value === null) throw new Objected('INVALID', `${field}: is missing; ${verb} needs it`);
  return value;
}
