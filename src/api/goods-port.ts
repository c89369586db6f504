import type * as z from 'zod';
import type { Actor } from './actor.ts';
import type { GOODS_SCHEMAS } from './goods-schema.ts';
import type { HandOverKeeping } from './hand-over-port.ts';

type Answer<N extends keyof typeof GOODS_SCHEMAS> = z.infer<(typeof GOODS_SCHEMAS)[N]>;
type By = Actor & { readonly reason: string };

/** Goods as the root keeps them. Answers are from memory. */
export type GoodsKeeping = {
  readonly handOvers: HandOverKeeping;
  stock(): Answer<'Stock'>;
  /** From the thing behind `after` on, from the first with ''; null for a zone that there is none of. */
  zone(id: string, after: string): Answer<'ZoneStock'> | null;
  /** null for a tag that is on no record and was not seen lately. */
  item(epc: string): Answer<'Item'> | null;
  /** null for a lot that never was here. */
  lot(lot: string): Answer<'Lot'> | null;
  /** Resolves once all of it is on record. @throws Refused with all that stands against it; then nothing is */
  act(acts: readonly GoodsWish[], by: By): Promise<void>;
  /** @throws Refused naming every field that is wrong, or what stands against it */
  tell(document: unknown, by: By): Promise<Answer<'DocumentTold'>>;
};

export type GoodsWish = {
  readonly verb: 'place' | 'move' | 'remove' | 'link' | 'unlink';
  readonly lot: string | null;
  readonly zone: string | null;
  readonly epcs: readonly string[] | null;
};
