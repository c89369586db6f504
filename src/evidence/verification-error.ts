/** Why a bundle is no evidence: closed, one list per step of evidence section 15, in its order. */
export type FailureCode =
  | 'BUNDLE_LIMIT'
  | 'BUNDLE_FORMAT'
  | 'NOTE_FORMAT'
  | 'ORIGIN_UNKNOWN'
  | 'KEY_NOT_VALID'
  | 'LOG_SIGNATURE'
  | 'COSIGNATURE'
  | 'NOT_ANCHORED'
  | 'LEDGER_PROOF'
  | 'COVER_SHAPE'
  | 'ROOT_MISMATCH'
  | 'HEAD_CONFLICT'
  | 'BLOCK_FORMAT'
  | 'BLOCK_TIME'
  | 'SEGMENT_FORMAT'
  | 'SLOT_PATH'
  | 'SEQ'
  | 'DESCRIPTOR'
  | 'LEAF_FORMAT'
  | 'LEAF_TIME'
  | 'LEAF_ROOT'
  | 'SUMMARY'
  | 'GAPS'
  | 'DEVICE_SIGNATURE'
  | 'DEVICE_COUNTER';

/** A step failed at `where`: a file of the bundle, then block, slot, leaf and what was wrong. */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly code: FailureCode;
  readonly where: string;
  constructor(code: FailureCode, where: string, options?: ErrorOptions) {
    super(`${code} at ${where}`, options);
    this.code = code;
    this.where = where;
  }
}
