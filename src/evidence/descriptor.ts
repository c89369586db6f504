import type { Value } from '../domain/record.ts';
import type { SourceLevel, StreamKind } from '../domain/stream.ts';
import {
  anyBytes,
  asciiText,
  bytes,
  decodeAs,
  one,
  oneOf,
  orNull,
  text,
  tuple,
  uint,
  within,
} from './shape.ts';
import type { Shape, Shapes } from './shape.ts';

/** Slots are 0…1,023. */
export const MAX_SLOT = 1023;

type DescriptorItems = readonly [
  version: 1,
  gw: Uint8Array,
  slot: number,
  kind: StreamKind,
  dev: string,
  ch: string,
  unit: string,
  exp: number,
  cadence: number,
  maxGap: number,
  place: string,
  cal: readonly [Uint8Array, number] | null,
  src: SourceLevel,
  pub: Uint8Array | null,
];

const SHAPES: Shapes<DescriptorItems> = [
  one,
  bytes(8),
  within(0, MAX_SLOT),
  oneOf(0, 1, 2),
  asciiText,
  asciiText,
  text,
  within(-9, 9),
  uint,
  uint,
  asciiText,
  orNull(tuple<readonly [Uint8Array, number]>(bytes(32), uint)),
  oneOf(0, 1, 2, 3),
  orNull(anyBytes),
];

const isItems: Shape<DescriptorItems> = tuple<DescriptorItems>(...SHAPES);

/** Stream descriptor D (evidence section 4.2) as read back; cadenceMs, maxGapMs in ms. */
export type Descriptor = {
  readonly gw: Uint8Array;
  readonly slot: number;
  readonly kind: StreamKind;
  readonly dev: string;
  readonly ch: string;
  readonly unit: string;
  readonly exp: number;
  readonly cadenceMs: number;
  readonly maxGapMs: number;
  readonly place: string;
  readonly cal: { readonly certificate: Uint8Array; readonly validUntil: number } | null;
  readonly src: SourceLevel;
  /** The device's Ed25519 key, exactly when src is 3. */
  readonly pub: Uint8Array | null;
};

/** Whether this value is a descriptor: items of section 4.2 that fit together. */
export function isDescriptor(value: Value): value is DescriptorItems {
  return isItems(value) && descriptorFault(value) === null;
}

/** @throws CborError for bytes that are no descriptor */
export function decodeDescriptor(encoded: Uint8Array): Descriptor {
  const items = decodeAs<DescriptorItems>('descriptor', SHAPES, encoded, descriptorFault);
  const [, gw, slot, kind, dev, ch, unit, exp, cadenceMs, maxGapMs, place, cal, src, pub] = items;
  return {
    gw,
    slot,
    kind,
    dev,
    ch,
    unit,
    exp,
    cadenceMs,
    maxGapMs,
    place,
    cal: cal === null ? null : { certificate: cal[0], validUntil: cal[1] },
    src,
    pub,
  };
}

function descriptorFault(items: DescriptorItems): string | null {
  const [, , slot, kind, , , , , cadence, maxGap, , , src, pub] = items;
  if ((slot === 0) !== (kind === 0)) return `kind ${kind} in slot ${slot}`;
  if (kind === 0 && (cadence !== 0 || maxGap !== 0)) return 'kind 0 with a cadence or max_gap';
  if (src === 3 ? pub?.length !== 32 : pub !== null)
    return `src ${src} with a key of ${pub?.length ?? 0} bytes`;
  return null;
}
