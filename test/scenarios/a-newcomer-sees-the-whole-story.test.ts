import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { bailee, expectSound } from '../daemon.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'src/main.ts');
/** Set-up, half a minute of story and six commands, on a machine with much else to do. */
const STORY_MS = 120_000;

const hasSocat = spawnSync('socat', ['-V']).error === undefined;
const ifSocat = hasSocat ? '' : ' (skipped: socat is not installed)';

const home = mkdtempSync(join(tmpdir(), 'bailee-demo-'));
afterAll(() => rmSync(home, { recursive: true }));

type Demo = {
  readonly said: () => string;
  readonly saysOnce: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly ended: Promise<number | null>;
  readonly stop: () => void;
};

/** A demo as a newcomer starts it; without socat it finds no program but Node. */
function startDemo(name: string, args: readonly string[], socat: boolean): Demo {
  const child = spawn(process.execPath, [MAIN, 'demo', '--lang', 'en', '--data', join(home, name), ...args], {
    cwd: ROOT,
    env: { ...process.env, ...(socat ? {} : { PATH: home }) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const out of [child.stdout, child.stderr]) {
    out.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const saysOnce = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(said);
        if (found !== null) resolve(found);
      };
      child.stdout.on('data', look);
      void ended.then((code) => reject(new Error(`ended with ${code} and never said ${pattern}:\n${said}`)));
      look();
    });
  return { said: () => said, saysOnce, ended, stop: () => void child.kill('SIGTERM') };
}

async function expectStory({ said, ended }: Demo): Promise<void> {
  const code = await ended;
  expect(code, said()).toBe(0);
  const inOrder = [
    /Sign in {4}with [\w-]{43} /,
    /\d\d:\d\d:\d\d {2}Somebody leaves the door of cold room 1 open\./,
    /ALARM, medium: Cold room door left open/,
    /ALARM, high: Cold room outside 2 to 8 °C/,
    /The siren sounds: its plug confirms the command\./,
    /Sealed early, because of the alarm: block \d+/,
    /Cosigned: 2 witnesses have signed the head of \d+ blocks?/,
    /Anchored: the signed head of \d+ blocks? is final on the chain eip155:31337\./,
    /(?:bailee --|main\.ts) verify \S+demo\.bundle --policy \S+policy\.json/,
    /as expected: bailee export/,
    /as expected: bailee verify/,
    /as expected: bailee audit/,
    /as expected: bailee replay/,
  ];
  let at = 0;
  for (const pattern of inOrder) {
    const found = said().slice(at).search(pattern);
    expect(found, `${pattern} after:\n${said().slice(0, at)}\nin:\n${said()}`).toBeGreaterThanOrEqual(0);
    at += found;
  }
  expect(said()).not.toContain('This did not happen');
}

/** The chain's process is gone with the demo. */
async function expectNoChain(said: string): Promise<void> {
  const url = /anvil at (http:\S+?),/.exec(said)?.[1] ?? '';
  await expect(fetch(url)).rejects.toThrow('fetch failed');
}

describe.concurrent('the demo', () => {
  it(
    'ends well with nothing but Node on the machine, leaves a sound journal, and goes on where it was',
    async () => {
      const first = startDemo('bare', ['--once'], false);
      await expectStory(first);
      expect(first.said()).toContain('Modbus TCP on 127.0.0.1:');
      await expectNoChain(first.said());
      await expectSound(join(home, 'bare'));
      const blocks = Number([...first.said().matchAll(/signed head of (\d+)/g)].at(-1)?.[1]);

      const second = startDemo('bare', ['--keep'], false);
      const [, more] = await second.saysOnce(/Anchored: the signed head of (\d+)/);
      expect(Number(more)).toBeGreaterThanOrEqual(blocks);
      second.stop();
      expect(await second.ended, second.said()).toBe(0);
      expect(second.said()).not.toContain('The chain:');
      await expectNoChain(second.said());
      await expectSound(join(home, 'bare'));
    },
    STORY_MS,
  );

  it.skipIf(!hasSocat)(
    `ends well over a serial line${ifSocat}`,
    async () => {
      const demo = startDemo('serial', ['--once'], true);
      await expectStory(demo);
      expect(demo.said()).toContain('over a serial line');
    },
    STORY_MS,
  );

  it('leaves alone what no demo made', async () => {
    const file = join(home, 'precious');
    writeFileSync(file, 'kept');
    const { code, err } = await bailee('demo', '--once', '--data', home);
    expect(err).toContain('holds something that no demo made');
    expect(code).toBe(64);
    expect(readFileSync(file, 'utf8')).toBe('kept');
  });

  it('has a configuration that is right as it ships', async () => {
    const { code, err } = await bailee('check', join(ROOT, 'config/demo.yaml'));
    expect(err).toBe('');
    expect(code).toBe(0);
  });
});
