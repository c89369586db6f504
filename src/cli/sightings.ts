import { hexOf } from '../domain/hex.ts';
import type { TagObservation } from '../domain/device.ts';
import { elementString } from '../domain/epc/element-string.ts';
import { readScan, scannedText } from '../domain/epc/scanned.ts';
import { formatScaled } from '../domain/units.ts';
import type { Context } from './context.ts';

/** What was seen of a tag or code, as commands show it; bytes as hex, signal in 0.01 dBm. */
export type Sighting = {
  readonly epc: string;
  readonly tid: string | null;
  readonly antenna: number;
  readonly reads: number;
  readonly rssi: number;
};

export function sightingOf({ epc, tid, antenna, reads, rssi }: TagObservation): Sighting {
  return { epc: hexOf(epc), tid: tid === null ? null : hexOf(tid), antenna, reads, rssi };
}

/** `3034… antenna 1, 4 reads, -54.00 dBm, TID e280…`; a scanned code as what it means. */
export function sightingText({ epc, tid, antenna, reads, rssi }: Sighting, context: Context): string {
  const text = scannedText(Buffer.from(epc, 'hex'));
  if (text !== null) return codeText(text);
  const dbm = rssi === 0 ? '' : `, ${formatScaled(rssi, -2)} dBm`;
  const where = context.say({
    en: `antenna ${antenna}, ${reads} ${reads === 1 ? 'read' : 'reads'}`,
    zh: `天线 ${antenna}，读取 ${reads} 次`,
  });
  return `${epc} ${where}${dbm}${tid === null ? '' : `, TID ${tid}`}`;
}

function codeText(text: string): string {
  const read = readScan(text);
  const elements = read.kind === 'code' ? read.code.elements : null;
  return elements === null ? JSON.stringify(text) : elementString(elements);
}
