import type { FailureCode } from './verification-error.ts';

/** The steps of evidence section 15, in order: one that fails ends the verification. */
export const STEPS = [
  'container',
  'notes',
  'quorum',
  'cover',
  'blocks',
  'segments',
  'descriptors',
  'leaves',
  'devices',
  'time',
] as const;
export type StepName = (typeof STEPS)[number];

/** The step that a code belongs to. */
export const STEP_OF: Readonly<Record<FailureCode, StepName>> = {
  BUNDLE_LIMIT: 'container',
  BUNDLE_FORMAT: 'container',
  NOTE_FORMAT: 'notes',
  ORIGIN_UNKNOWN: 'notes',
  KEY_NOT_VALID: 'notes',
  LOG_SIGNATURE: 'notes',
  COSIGNATURE: 'notes',
  NOT_ANCHORED: 'quorum',
  LEDGER_PROOF: 'quorum',
  COVER_SHAPE: 'cover',
  ROOT_MISMATCH: 'cover',
  HEAD_CONFLICT: 'cover',
  BLOCK_FORMAT: 'blocks',
  BLOCK_TIME: 'blocks',
  SEGMENT_FORMAT: 'segments',
  SLOT_PATH: 'segments',
  SEQ: 'segments',
  DESCRIPTOR: 'descriptors',
  LEAF_FORMAT: 'leaves',
  LEAF_TIME: 'leaves',
  LEAF_ROOT: 'leaves',
  SUMMARY: 'leaves',
  GAPS: 'leaves',
  DEVICE_SIGNATURE: 'devices',
  DEVICE_COUNTER: 'devices',
};
