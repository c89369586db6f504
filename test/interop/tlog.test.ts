import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Place, type Life } from '../../src/gateway/data-directory.fixture.ts';
import { TlogTiles } from '../../src/gateway/heads/tlog.ts';
import { toBase64 } from '../../src/evidence/encodings.ts';
import { TILE_WIDTH, nodeLevel, tilePath, tileWidth, type TilePath } from '../../src/evidence/tlog-tiles.ts';
import { policyFileOf } from '../../src/gateway/keys/policy.ts';
import { goProgram, ifGo } from './go.ts';

const GO_MAIN = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type files map[string][]byte

func (f files) Height() int                                { return 8 }
func (f files) SaveTiles(tiles []tlog.Tile, data [][]byte) {}
func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		path := strings.TrimPrefix(t.Path(), "tile/8/")
		data, ok := f[path]
		if !ok {
			return nil, fmt.Errorf("no tile %s", path)
		}
		all = append(all, data)
	}
	return all, nil
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	var in struct {
		Key, Checkpoint string
		Files           files
	}
	must(json.NewDecoder(os.Stdin).Decode(&in))
	verifier, err := note.NewVerifier(in.Key)
	must(err)
	opened, err := note.Open([]byte(in.Checkpoint), note.VerifierList(verifier))
	must(err)
	var origin, root string
	var size int64
	_, err = fmt.Sscanf(opened.Text, "%s\\n%d\\n%s\\n", &origin, &size, &root)
	must(err)
	hash, err := tlog.ParseHash(root)
	must(err)
	tree := tlog.Tree{N: size, Hash: hash}
	reader := tlog.TileHashReader(tree, in.Files)
	found, err := tlog.TreeHash(size, reader)
	must(err)
	fmt.Println("root", found == hash)
	n := int64(0)
	for bundle := 0; n < size; bundle++ {
		t := tlog.Tile{H: 8, L: -1, N: int64(bundle), W: int(min(256, size-n))}
		data := in.Files["entries"+strings.TrimPrefix(t.Path(), "tile/8/data")]
		for len(data) > 0 {
			length := int(data[0])<<8 | int(data[1])
			proof, err := tlog.ProveRecord(size, n, reader)
			must(err)
			must(tlog.CheckRecord(proof, size, hash, n, tlog.RecordHash(data[2:2+length])))
			data = data[2+length:]
			n++
		}
	}
	fmt.Println("entries", n)
	for old := int64(1); old <= size; old += 13 {
		oldHash, err := tlog.TreeHash(old, reader)
		must(err)
		proof, err := tlog.ProveTree(size, old, reader)
		must(err)
		must(tlog.CheckTree(proof, size, hash, old, oldHash))
	}
	fmt.Println("consistent")
}
`;

const MODULE = 'golang.org/x/mod v0.36.0';
const go = goProgram(GO_MAIN, MODULE);
const BLOCKS = 300;

let place: Place;
let life: Life;
beforeAll(async () => {
  place = new Place();
  life = await place.boot();
  for (let no = 0; no < BLOCKS; no++) {
    life.pass(10_000);
    life.blocks.seal();
  }
}, 60_000);
afterAll(() => {
  life[Symbol.dispose]();
  place[Symbol.dispose]();
});

/** Every tile that a monitor of a log of this size asks for, by its path. */
function filesOf(tlog: TlogTiles, size: number): Record<string, string> {
  const files: Record<string, string> = {};
  const put = (tile: TilePath): void => {
    const bytes = tlog.tile(tile);
    if (bytes === null) throw new Error(`no tile ${tilePath(tile)}`);
    files[tilePath(tile)] = toBase64(bytes);
  };
  for (let level = 0; size >= 2 ** nodeLevel(level); level++)
    for (let index = 0; tileWidth(size, level, index) > 0; index++)
      put({ kind: 'hashes', level, index, width: tileWidth(size, level, index) });
  for (let index = 0; tileWidth(size, 0, index) > 0; index++)
    put({ kind: 'entries', index, width: tileWidth(size, 0, index) });
  return files;
}

describe('tiles of a gateway’s journal', () => {
  it.skipIf(go === null)(
    `are read, and every entry and earlier size proven, by golang.org/x/mod/sumdb/tlog${ifGo(go, MODULE)}`,
    () => {
      const tlog = new TlogTiles(life.journal);
      const policy = policyFileOf(place.data);
      const key = policy.ok ? /"key":\s*"([^"]+)"/.exec(policy.value)?.[1] : undefined;
      const files = filesOf(tlog, BLOCKS);
      expect(Object.keys(files)).toContain('1/000.p/1');
      const said = go?.({ Key: key, Checkpoint: tlog.checkpoint(), Files: files });
      expect(said).toEqual(['root true', `entries ${BLOCKS}`, 'consistent']);
      const wrong = { ...files, '0/000': files['0/000']?.replace('A', 'B') };
      expect(() => go?.({ Key: key, Checkpoint: tlog.checkpoint(), Files: wrong })).toThrow();
    },
  );

  it('end where the newest signed head ends', () => {
    const tlog = new TlogTiles(life.journal);
    const at = (width: number): Uint8Array | null => tlog.tile({ kind: 'entries', index: 1, width });
    expect(at(BLOCKS - TILE_WIDTH)).not.toBeNull();
    expect(at(BLOCKS - TILE_WIDTH + 1)).toBeNull();
    const signed = { latestNote: () => ({ size: 299, note: '' }) };
    const held = new TlogTiles(Object.assign(Object.create(life.journal), signed));
    expect(held.tile({ kind: 'hashes', level: 0, index: 1, width: 44 })).toBeNull();
  });
});
