import type { Decoded } from './decoded.ts';
import { decodeEm300 } from './em300.ts';
import { decodeLht65 } from './lht65.ts';

type Decoder = (bytes: Uint8Array) => Decoded;

export const DECODER_NAMES = ['milesight-em300-th', 'dragino-lht65'] as const;
type DecoderName = (typeof DECODER_NAMES)[number];

/** Binary payloads need code, not data: each is named in the profiles that use it. */
export const DECODERS: Readonly<Record<DecoderName, Decoder>> = {
  'milesight-em300-th': decodeEm300,
  'dragino-lht65': decodeLht65,
};
