import type { Decoded } from './decoded.ts';
import { decodeLds02 } from './lds02.ts';
import { decodeLht65 } from './lht65.ts';
import {
  decodeMilesight,
  EM300_MCS,
  EM300_SLD,
  EM300_TH,
  EM500_PT100,
  UC300,
  WS301,
  type Layout,
} from './milesight.ts';
import { decodeRuuvi } from './ruuvi.ts';

type Decoder = (bytes: Uint8Array) => Decoded;

export const DECODER_NAMES = [
  'milesight-em300-th',
  'milesight-em300-mcs',
  'milesight-em300-sld',
  'milesight-em500-pt100',
  'milesight-ws301',
  'milesight-uc300',
  'dragino-lht65',
  'dragino-lds02',
  'ruuvi-5',
] as const;
type DecoderName = (typeof DECODER_NAMES)[number];

const milesight =
  (layout: Layout): Decoder =>
  (bytes) =>
    decodeMilesight(layout, bytes);

/** Binary payloads need code, not data: each is named in the profiles that use it. */
export const DECODERS: Readonly<Record<DecoderName, Decoder>> = {
  'milesight-em300-th': milesight(EM300_TH),
  'milesight-em300-mcs': milesight(EM300_MCS),
  'milesight-em300-sld': milesight(EM300_SLD),
  'milesight-em500-pt100': milesight(EM500_PT100),
  'milesight-ws301': milesight(WS301),
  'milesight-uc300': milesight(UC300),
  'dragino-lht65': decodeLht65,
  'dragino-lds02': decodeLds02,
  'ruuvi-5': decodeRuuvi,
};
