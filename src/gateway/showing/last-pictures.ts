import type { Seen } from '../../api/seen-port.ts';
import type { Picture } from '../../api/seen-types.ts';
import type { SqliteJournal } from '../../buffer/journal.ts';
import { readPicture } from '../../buffer/picture-store.ts';
import { CommandStep, EVENTS_SLOT, RecordType, type LogRecord } from '../../domain/record.ts';
import { SNAPSHOT } from '../../rules/actions.ts';
import type { SiteConfiguration } from '../site/site.ts';
import { recordsOfSegment, unsealedRecords } from '../recording/record-walk.ts';

/** Pictures shown at most, and at most of one camera. */
const [MOST, MOST_OF_ONE] = [48, 12];
/** A week of blocks of ten minutes: what is older is found by its proof. */
const MOST_BLOCKS = 1008;

type PictureDesk = Seen['pictures'];
type Site = Pick<SiteConfiguration, 'data' | 'connections'>;
type Order = { readonly id: string; readonly alarm: string | null; readonly expiry: number };

/** The last pictures on record; they follow from the records, and their bytes are where the cameras' files are. */
export class LastPictures implements PictureDesk {
  readonly #directory: string;
  readonly #pictures: Picture[] = [];
  /** Pictures that were asked of each camera and are not there yet, oldest first. */
  readonly #asked = new Map<string, Order[]>();

  /** @param directory data directory */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** With those that the journal has on record, where there is a camera. */
  static of({ data, connections }: Site, journal: SqliteJournal): LastPictures {
    const pictures = new LastPictures(data);
    const verbs = connections.flatMap(({ actuators }) => [...actuators.values()].flat());
    if (verbs.includes(SNAPSHOT)) pictures.#recall(journal);
    return pictures;
  }

  #recall(journal: SqliteJournal): void {
    const parts: LogRecord[][] = [[...unsealedRecords(journal, () => true)]];
    const size = journal.size();
    let found = parts[0]?.filter(isBlob).length ?? 0;
    for (let no = size - 1; no >= Math.max(0, size - MOST_BLOCKS) && found < MOST; no--) {
      const segment = journal.segment(no, EVENTS_SLOT);
      if (segment === null) continue;
      const records = [...recordsOfSegment(EVENTS_SLOT, segment)].filter((r) => isBlob(r) || isCommand(r));
      found += records.filter(isBlob).length;
      parts.push(records);
    }
    for (const records of parts.toReversed()) this.take(records);
  }

  take(records: readonly LogRecord[]): void {
    for (const record of records) {
      if (isCommand(record)) this.#order(record);
      else if (isBlob(record)) this.#keep(record);
    }
  }

  list(): readonly Picture[] {
    return this.#pictures;
  }

  find(sha256: string): Uint8Array | null {
    if (!this.#pictures.some((picture) => picture.sha256 === sha256)) return null;
    return readPicture(this.#directory, Buffer.from(sha256, 'hex'));
  }

  #order({ t, body }: LogRecord): void {
    const [id, device, verb, , , , expiry, step] = body;
    if (verb !== SNAPSHOT || typeof id !== 'string' || typeof device !== 'string') return;
    const waiting = (this.#asked.get(device) ?? []).filter((one) => one.id !== id && one.expiry >= t);
    if (step === CommandStep.ordered) waiting.push({ id, alarm: alarmIn(id), expiry: Number(expiry) });
    this.#asked.set(device, waiting);
  }

  #keep({ body }: LogRecord): void {
    const [sha256, size, , camera, at] = body;
    if (!(sha256 instanceof Uint8Array) || typeof camera !== 'string') return;
    const alarm = this.#asked.get(camera)?.[0]?.alarm ?? null;
    const hex = Buffer.from(sha256).toString('hex');
    this.#pictures.unshift({ sha256: hex, camera, at: Number(at), size: Number(size), alarm });
    const own = this.#pictures.filter((picture) => picture.camera === camera);
    const last = own[MOST_OF_ONE] ?? this.#pictures[MOST];
    if (last !== undefined) this.#pictures.splice(this.#pictures.indexOf(last), 1);
  }
}

function isBlob({ type }: LogRecord): boolean {
  return type === RecordType.blob;
}

function isCommand({ type }: LogRecord): boolean {
  return type === RecordType.command;
}

/** The order of a rule names its alarm first: `<subject>/<rule> <device> <verb> <cause>`. */
function alarmIn(id: string): string | null {
  const [alarm = '', ...rest] = id.split(' ');
  return alarm.includes('/') && rest.length === 3 ? alarm : null;
}
