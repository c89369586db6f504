import type { Tlog } from '../../api/port.ts';
import type { SqliteArchive } from '../../buffer/archive.ts';
import { StorageError } from '../../domain/errors.ts';
import { concatBytes } from '../../evidence/encodings.ts';
import { TILE_WIDTH, entryBundle, nodeLevel, tileWidth, type TilePath } from '../../evidence/tlog-tiles.ts';

type Source = Pick<SqliteArchive, 'latestNote' | 'nodesFrom' | 'blocksFrom'>;

/**
 * The log as C2SP tlog-tiles shows it: no more of it than the newest signed head covers. A tile is one
 * short range of the journal, so it is read beside the writer's own work.
 */
export class TlogTiles implements Tlog {
  readonly #journal: Source;

  constructor(journal: Source) {
    this.#journal = journal;
  }

  checkpoint(): string | null {
    return this.#journal.latestNote()?.note ?? null;
  }

  /** @throws StorageError CORRUPT when the journal lacks a part of what it has signed */
  tile(tile: TilePath): Uint8Array | null {
    const size = this.#journal.latestNote()?.size ?? 0;
    const level = tile.kind === 'entries' ? 0 : tile.level;
    if (tile.width > tileWidth(size, level, tile.index)) return null;
    const first = tile.index * TILE_WIDTH;
    const found =
      tile.kind === 'entries'
        ? this.#journal.blocksFrom(first, tile.width)
        : this.#journal.nodesFrom(nodeLevel(level), first, tile.width);
    if (found.length !== tile.width)
      throw new StorageError('CORRUPT', `${found.length} of ${tile.width} from ${first} on, level ${level}`);
    return tile.kind === 'entries' ? entryBundle(found) : concatBytes(...found);
  }
}
