import type { ReaderSettings, ReadPoint } from './settings.ts';
import { pointsOf } from './settings.ts';

/** Tags in front of a simulated reader: so many at each point, always the same ones. */
export class TagField {
  readonly #id: string;
  readonly #points: readonly ReadPoint[];
  readonly #counts = new Map<ReadPoint, number>();

  constructor(settings: ReaderSettings) {
    this.#id = settings.id;
    this.#points = pointsOf(settings);
  }

  /** @param channel a point's number of tags, e.g. `dock-tags` */
  set(device: string, channel: string, v: number): void {
    const point = this.#points.find((p) => p.count === `${device}/${channel}`);
    if (point === undefined) throw new RangeError(`no number of tags "${device}/${channel}" at ${this.#id}`);
    if (!Number.isInteger(v) || v < 0 || v > 250)
      throw new RangeError(`${v} is no number of tags from 0 to 250`);
    this.#counts.set(point, v);
  }

  tagsOf(antenna: number): Uint8Array[] {
    const at = this.#points.findIndex((p) => p.antennas.includes(antenna));
    const point = this.#points[at];
    const count = point === undefined ? 0 : (this.#counts.get(point) ?? 0);
    return Array.from({ length: count }, (_, i) => tagOf(at, i));
  }
}

/** SGTIN-96 urn:epc:id:sgtin:0614141.812345.N, the serial number by point and number, both from 0. */
export function tagOf(point: number, n: number): Uint8Array {
  return Uint8Array.of(0x30, 0x74, 0x25, 0x7b, 0xf7, 0x19, 0x4e, 0x40, 0, 0, 0x10 + point, n + 1);
}
