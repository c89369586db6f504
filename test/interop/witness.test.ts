import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatRequest } from '../../src/anchoring/witness/exchange.ts';
import { formatNoteKey, noteKey } from '../../src/evidence/note-key.ts';
import { nodePrimitives } from '../../src/gateway/site/primitives.ts';
import { AnchoredLog, LOG_KEY } from '../anchored-log.ts';
import { WitnessProcess, WitnessSite } from '../witnesses.ts';

const ORIGIN = 'a.example/gw/b0b1b2b3b4b5b6b7/0';
const logKey = formatNoteKey(noteKey(nodePrimitives.sha256, ORIGIN, 'ed25519', LOG_KEY.publicKey));

/** The log's and the witness' lines, opened by the libraries that Go's transparency logs use. */
const GO_MAIN = `package main

import (
	"encoding/json"
	"fmt"
	"os"

	f_note "github.com/transparency-dev/formats/note"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	var in struct{ Log, Witness, Note string }
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		panic(err)
	}
	log, err := note.NewVerifier(in.Log)
	if err != nil {
		panic(err)
	}
	witness, err := f_note.NewVerifierForCosignatureV1(in.Witness)
	if err != nil {
		panic(err)
	}
	opened, err := note.Open([]byte(in.Note), note.VerifierList(log, witness))
	if err != nil {
		fmt.Println("refused", err)
		return
	}
	fmt.Println("opened", len(opened.Sigs), len(opened.UnverifiedSigs))
	for _, sig := range opened.Sigs {
		if sig.Name == witness.Name() {
			at, err := f_note.CoSigV1Timestamp(sig)
			if err != nil {
				panic(err)
			}
			fmt.Println("time", at.Unix())
		}
	}
}
`;

const folder = mkdtempSync(join(tmpdir(), 'bailee-interop-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Modules are fetched by go itself; without go or the module proxy there is nothing to run. */
function goReady(): boolean {
  writeFileSync(join(folder, 'main.go'), GO_MAIN);
  writeFileSync(
    join(folder, 'go.mod'),
    'module interop\n\ngo 1.25.0\n\nrequire (\n\tgithub.com/transparency-dev/formats v0.1.1\n\tgolang.org/x/mod v0.36.0\n)\n',
  );
  return spawnSync('go', ['mod', 'tidy'], { cwd: folder, timeout: 60_000 }).status === 0;
}

function goOpens(input: { readonly Log: string; readonly Witness: string; readonly Note: string }): string {
  const run = spawnSync('go', ['run', '.'], { cwd: folder, input: JSON.stringify(input), encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  return run.stdout;
}

const go = goReady();
const ifGo = go ? '' : ' (skipped: go or github.com/transparency-dev/formats is not there)';

describe("transparency-dev's formats", () => {
  it.skipIf(!go)(
    `opens a head with the cosignature that bailee witness gave, at its time, and no changed one${ifGo}`,
    { timeout: 180_000 },
    async () => {
      using site = new WitnessSite('witness.example/interop', [{ key: logKey }]);
      await using witness = await WitnessProcess.start(site.file);
      const log = new AnchoredLog(ORIGIN);
      const started = Math.floor(Date.now() / 1000);
      const call = await fetch(new URL('add-checkpoint', witness.url), {
        method: 'POST',
        body: formatRequest(log.request(0, 24)),
      });
      expect(call.status).toBe(200);
      const note = log.note(24) + (await call.text());
      const input = { Log: logKey, Witness: witness.vkey, Note: note };
      const said = /^opened 2 0\ntime (\d+)\n$/.exec(goOpens(input));
      expect(Number(said?.[1])).toBeGreaterThanOrEqual(started);
      expect(Number(said?.[1])).toBeLessThanOrEqual(Date.now() / 1000);

      expect(goOpens({ ...input, Note: note.replace('\n24\n', '\n25\n') })).toMatch(/^refused /);
      // Time and signature lie in the last line's base64: each part of it is signed.
      const last = note.lastIndexOf(' ') + 1;
      for (const at of [last + 8, last + 12, last + 40]) {
        const letter = note[at] === 'A' ? 'B' : 'A';
        expect(goOpens({ ...input, Note: note.slice(0, at) + letter + note.slice(at + 1) })).toMatch(
          /^refused /,
        );
      }
    },
  );
});
