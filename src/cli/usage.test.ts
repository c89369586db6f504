import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { CONFIGURATION, Place } from '../gateway/data-directory.fixture.ts';
import { Bailee, bailee } from './bailee.fixture.ts';
import { runCommand } from './program.ts';
import { VERSION } from './version.ts';

const COMMANDS = [
  'run',
  'check',
  'devices',
  'payload',
  'simulate',
  'epc',
  'status',
  'export',
  'verify',
  'journey',
  'audit',
  'rules',
  'replay',
  'alarms',
  'incidents',
  'goods',
  'grants',
  'orders',
  'hand-overs',
  'tags',
  'report',
  'erase',
  'token',
  'policy',
  'ledger',
];

describe('the program', () => {
  it('without a command says what there is and exits 64', async () => {
    const { code, stderr } = await bailee();
    expect(code).toBe(64);
    for (const command of COMMANDS) expect(stderr).toContain(`  ${command} `);
  });

  it('knows the nearest command, in the language asked for', async () => {
    expect(await bailee('chek', 'gateway.yaml')).toMatchObject({
      code: 64,
      stderr: "bailee: unknown command 'chek'\n(Did you mean check?)\n",
    });
    const chinese = new Bailee(['chek'], { LANG: 'zh_CN.UTF-8' });
    expect((await chinese.ended).stderr).toBe('bailee: 没有命令“chek”\n（是不是 check？）\n');
    expect((await bailee('--lang', 'zh', 'verify')).stderr).toBe('bailee: 缺少必需的选项“--policy <file>”\n');
  });

  it('refuses options it does not know', async () => {
    const { code, stderr } = await bailee('audit', '--dta', '/tmp');
    expect(code).toBe(64);
    expect(stderr).toContain('Did you mean --data?');
  });

  it('tells its version, which is that of the package', async () => {
    const manifest: unknown = JSON.parse(
      readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
    );
    expect(manifest).toMatchObject({ version: VERSION });
    expect(await bailee('--version')).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
  });

  it.each(COMMANDS)('%s has help with an example, in two languages', async (command) => {
    expect(await helpOf(command, 'en')).toMatch(new RegExp(`Examples?:\\n  bailee ${command} `));
    expect(await helpOf(command, 'zh')).toMatch(new RegExp(`示例：\\n  bailee ${command} `));
  });

  it.each([
    'list',
    'history',
    'ack',
    'reset',
    'shelve',
    'unshelve',
    'comment',
    'out-of-service',
    'maintenance',
  ])('alarms %s has help with an example, in two languages', async (verb) => {
    expect(await helpOf(`alarms ${verb}`, 'en')).toContain(`bailee alarms ${verb} `);
    expect(await helpOf(`alarms ${verb}`, 'zh')).toMatch(/示例：/);
  });

  it.each(['list', 'show', 'place', 'move', 'remove', 'link', 'unlink', 'import', 'tell'])(
    'goods %s has help with an example, in two languages',
    async (verb) => {
      expect(await helpOf(`goods ${verb}`, 'en')).toContain(`bailee goods ${verb} `);
      expect(await helpOf(`goods ${verb}`, 'zh')).toMatch(/示例：/);
    },
  );

  it.each(['list', 'give', 'revoke'])(
    'grants %s has help with an example, in two languages',
    async (verb) => {
      expect(await helpOf(`grants ${verb}`, 'en')).toContain(`bailee grants ${verb} `);
      expect(await helpOf(`grants ${verb}`, 'zh')).toMatch(/示例：/);
    },
  );

  it.each(['list', 'show', 'head', 'begin', 'sign', 'object', 'settle', 'trust', 'distrust'])(
    'hand-overs %s has help with an example, in two languages',
    async (verb) => {
      expect(await helpOf(`hand-overs ${verb}`, 'en')).toContain(`bailee hand-overs ${verb} `);
      expect(await helpOf(`hand-overs ${verb}`, 'zh')).toMatch(/示例：/);
    },
  );
});

/** In this process: two dozen of them would take long. */
async function helpOf(command: string, lang: string): Promise<string> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { signal } = new AbortController();
  const code = await runCommand([...command.split(' '), '--help', '--lang', lang], {
    env: {},
    signal,
    stdin,
    stdout,
    stderr,
  });
  expect([code, stderr.read()]).toEqual([0, null]);
  return String(stdout.read());
}

describe('check', () => {
  it('says of a correct configuration which rule watches what', async () => {
    using place = new Place();
    const { code, stdout } = await bailee('check', place.file);
    expect(code).toBe(0);
    expect(stdout).toContain('cold-room-warm (limit, Cold room above 8 °C): probe-1/temperature');
    const json: unknown = JSON.parse((await bailee('check', place.file, '--json')).stdout);
    expect(json).toMatchObject({
      ok: true,
      gateway: { id: 'b0b1b2b3b4b5b6b7' },
      rules: [{ id: 'cold-room-warm', streams: ['probe-1/temperature'] }, { id: 'sensor-silent' }],
    });
  });

  it('tells every problem at once with line and what would be right, and exits 78', async () => {
    using place = new Place(
      CONFIGURATION.replace('zones:', 'zoness:')
        .replace('every: 10s', 'every: 10')
        .replace('rs-ws-n01', 'rs-ws-n02'),
    );
    writeFileSync(join(place.root, 'hook-secret'), '');
    const { code, stdout, stderr } = await bailee('check', place.file);
    expect([code, stdout]).toEqual([78, '']);
    expect(stderr).toContain('did you mean "zones"?');
    expect(stderr).toContain('did you mean "rs-ws-n01"?');
    expect(stderr).toMatch(/gateway\.yaml:11:\d+ .*every/);
    expect(stderr).toContain('hook-secret is empty');
    const json: unknown = JSON.parse((await bailee('check', place.file, '--json')).stdout);
    expect(json).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([expect.objectContaining({ path: ['zoness'] })]),
    });
    expect((await bailee('run', place.file)).code).toBe(78);
  });

  it('a file that is not there is a wrong configuration too', async () => {
    expect(await bailee('check', '/nowhere/gateway.yaml', '--lang', 'zh')).toEqual({
      code: 78,
      stdout: '',
      stderr: '配置中有 1 处问题：\n  /nowhere/gateway.yaml does not exist\n',
    });
  });
});
