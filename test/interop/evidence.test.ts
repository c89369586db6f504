import { describe, expect, it } from 'vitest';
import { fourHours } from '../evidence/small-log.ts';
import { nodePrimitives } from '../evidence/primitives.ts';
import { toBase64, toHex } from '../../src/evidence/encodings.ts';
import { consistencyProof, inclusionProof } from '../../src/evidence/log-tree.ts';
import { formatNoteKey } from '../../src/evidence/note-key.ts';
import { parseNote } from '../../src/evidence/note.ts';
import { hasOpenssl, ifOpenssl, opensslVerifies, requireIncluded } from './foreign.ts';
import { goProgram, ifGo } from './go.ts';

const { sha256 } = nodePrimitives;
const log = fourHours();
const SIZE = 24;
const note = log.note(SIZE) ?? '';
const parsed = parseNote(new TextEncoder().encode(note));
if (!parsed.ok) throw new Error(parsed.why);
const node = (level: number, index: number): Uint8Array => log.node(level, index) ?? new Uint8Array();

describe('OpenSSL', () => {
  it.skipIf(!hasOpenssl)(`verifies the log's signature of a checkpoint${ifOpenssl}`, () => {
    const signature = parsed.note.lines[0]?.decoded.subarray(4) ?? new Uint8Array();
    const verify = (text: string): boolean => opensslVerifies(log.logKey.publicKey, text, signature);
    expect(verify(parsed.note.text)).toBe(true);
    expect(verify(parsed.note.text.replace('\n24\n', '\n25\n'))).toBe(false);
  });
});

describe("sigstore's verifier", () => {
  it('accepts the inclusion of every block, and no other block in its place', () => {
    for (let no = 0; no < SIZE; no++) {
      const path = inclusionProof(sha256, no, SIZE, node);
      const check = (block: number): void =>
        requireIncluded(log.block(block)?.block ?? new Uint8Array(), no, path, {
          size: SIZE,
          root: log.rootAt(SIZE),
        });
      expect(() => check(no)).not.toThrow();
      expect(() => check((no + 1) % SIZE)).toThrow('calculated root hash does not match');
    }
  });
});

const GO_MAIN = `package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type proof struct {
	Index  int64
	Size   int64
	Hash   string
	Root   string
	Hashes []string
}

func hash(text string) (h tlog.Hash) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != 32 {
		panic(text)
	}
	copy(h[:], b)
	return
}

func main() {
	var in struct {
		Vkey, Note  string
		Inclusion   []proof
		Consistency []proof
	}
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		panic(err)
	}
	verifier, err := note.NewVerifier(in.Vkey)
	if err != nil {
		panic(err)
	}
	opened, err := note.Open([]byte(in.Note), note.VerifierList(verifier))
	if err != nil {
		panic(err)
	}
	fmt.Println("note", len(opened.Sigs), len(opened.UnverifiedSigs))
	for _, p := range in.Inclusion {
		list := tlog.RecordProof{}
		for _, h := range p.Hashes {
			list = append(list, hash(h))
		}
		fmt.Println("inclusion", p.Index, tlog.CheckRecord(list, p.Size, hash(p.Root), p.Index, hash(p.Hash)) == nil)
	}
	for _, p := range in.Consistency {
		list := tlog.TreeProof{}
		for _, h := range p.Hashes {
			list = append(list, hash(h))
		}
		fmt.Println("consistency", p.Index, tlog.CheckTree(list, p.Size, hash(p.Root), p.Index, hash(p.Hash)) == nil)
	}
}
`;

function list(hashes: readonly Uint8Array[]): string[] {
  return hashes.map((h) => toBase64(h));
}

const MODULE = 'golang.org/x/mod v0.28.0';
const go = goProgram(GO_MAIN, MODULE);

describe.skipIf(go === null)(`Go's sumdb${ifGo(go, MODULE)}`, () => {
  it('opens the note and checks every proof', () => {
    const sizes = Array.from({ length: SIZE }, (_, n) => n);
    const input = {
      Vkey: formatNoteKey(log.logNoteKey),
      Note: note,
      Inclusion: sizes.map((no) => ({
        Index: no,
        Size: SIZE,
        Hash: toBase64(node(0, no)),
        Root: toBase64(log.rootAt(SIZE)),
        Hashes: list(inclusionProof(sha256, no, SIZE, node)),
      })),
      Consistency: sizes.slice(1).map((old) => ({
        Index: old,
        Size: SIZE,
        Hash: toBase64(log.rootAt(old)),
        Root: toBase64(log.rootAt(SIZE)),
        Hashes: list(consistencyProof(sha256, old, SIZE, node)),
      })),
    };
    const expected = [
      'note 1 2',
      ...sizes.map((n) => `inclusion ${n} true`),
      ...sizes.slice(1).map((n) => `consistency ${n} true`),
    ];
    expect(go?.(input)).toEqual(expected);
    expect(toHex(log.rootAt(SIZE))).toHaveLength(64);
  });
});
