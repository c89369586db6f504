import { hexOf } from '../../domain/hex.ts';
import { GoodsVerb, RecordType } from '../../domain/record.ts';
import type { JsonObject } from '../../domain/strict-json.ts';
import { listed, NONE, type Drafting, type MadeEvent, type Told } from './drafting.ts';
import { namedBy, type Named } from './epc-uri.ts';
import type { Sensing } from './sensing.ts';
import type { Thing, Things } from './things.ts';

/** Goods put somewhere, moved, taken away; tags tied to a lot and untied (leaf type 9). */
export class Placing {
  readonly #draft: Drafting;
  readonly #things: Things;
  readonly #sensing: Sensing;

  constructor(draft: Drafting, things: Things, sensing: Sensing) {
    this.#draft = draft;
    this.#things = things;
    this.#sensing = sensing;
  }

  take(told: Told): MadeEvent[] {
    const { type, body } = told.record;
    const [verb, lot, epc, zone] = body;
    if (type !== RecordType.goods || typeof lot !== 'string' || typeof zone !== 'string') return [];
    if (!(epc instanceof Uint8Array))
      return this.#event(told, verb, { lot, zone, named: null, before: null });
    const named = namedBy(epc);
    if (named === null) return [];
    const before = this.#things.get(hexOf(epc));
    const events = this.#event(told, verb, { lot, zone, named, before });
    if (verb !== GoodsVerb.linked) {
      const isGone = verb === GoodsVerb.removed || verb === GoodsVerb.unlinked;
      this.#things.placed(hexOf(epc), named, told, isGone ? { lot: '', zone: '' } : { lot, zone });
    }
    return events;
  }

  #event(
    told: Told,
    verb: unknown,
    { lot, zone, named, before }: { lot: string; zone: string; named: Named | null; before: Thing | null },
  ): MadeEvent[] {
    const { names } = this.#draft;
    const { t } = told.record;
    const what = STEPS.find((step) => step.verb === verb);
    if (what === undefined) return [];
    const { action, disposition } = what;
    const { epcs, classes } = listed([named ?? { uri: names.lot(lot), isClass: true }]);
    const place = { id: names.zone(zone), extensions: NONE };
    const isNew = verb === GoodsVerb.placed && (before === null || before.zone === '');
    const leaves = verb === GoodsVerb.removed;
    const stay = leaves ? this.#sensing.conditions(before?.zone ?? '', before?.since ?? t, t) : [];
    const ilmd: JsonObject = new Map([['cbvmda:lotNumber', lot]]);
    const event = this.#draft.made('goods', {
      type: 'ObjectEvent',
      action,
      ...this.#draft.common(told, t, { lot }),
      ...(epcs.length > 0 ? { epcList: epcs } : { quantityList: classes }),
      bizStep: isNew ? 'receiving' : what.bizStep,
      disposition,
      // Where it is after it left is not known here.
      ...(zone === '' ? {} : { readPoint: place, ...(leaves ? {} : { bizLocation: place }) }),
      ...(stay.length === 0 ? {} : { sensorElementList: stay }),
      ...(action === 'ADD' ? { ilmd } : {}),
    });
    return [event];
  }
}

const STEPS = [
  { verb: GoodsVerb.placed, action: 'OBSERVE', bizStep: 'storing', disposition: 'in_progress' },
  { verb: GoodsVerb.moved, action: 'OBSERVE', bizStep: 'storing', disposition: 'in_progress' },
  { verb: GoodsVerb.removed, action: 'OBSERVE', bizStep: 'departing', disposition: 'in_transit' },
  { verb: GoodsVerb.linked, action: 'ADD', bizStep: 'commissioning', disposition: 'active' },
  { verb: GoodsVerb.unlinked, action: 'DELETE', bizStep: 'decommissioning', disposition: 'inactive' },
] as const;
