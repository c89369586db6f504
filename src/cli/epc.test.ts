import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runCommand } from './program.ts';

/** In this process: a dozen of them would take long. */
async function epc(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { signal } = new AbortController();
  const code = await runCommand(['epc', ...args], { env: {}, signal, stdin, stdout, stderr });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

async function json(...args: string[]): Promise<unknown> {
  return JSON.parse((await epc(...args, '--json')).stdout);
}

describe('bailee epc', () => {
  it('says what a tag means, in every form', async () => {
    const { code, stdout } = await epc('3066C4409047E140075BCD15');
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.replace(/  +/g, ' ').trim())).toEqual([
      'read as tag memory',
      'scheme SGTIN-96',
      'filter 3',
      'tag URI urn:epc:tag:sgtin-96:3.95060001343.05.123456789',
      'pure identity urn:epc:id:sgtin:95060001343.05.123456789',
      'element string (01)09506000134352(21)123456789',
      'Digital Link https://id.gs1.org/01/09506000134352/21/123456789',
      'fields',
      'gs1companyprefix 95060001343',
      'itemref 05',
      'serial 123456789',
      'on a tag',
      'SGTIN-198 3666C4409047E158B266D1AB66EE1C8000000000000000000000',
      'SGTIN-96 3066C4409047E140075BCD15',
      'SGTIN+ F7309506000134352091D6F34540',
      '',
    ]);
  });

  it('says the same from each of these forms, as JSON', async () => {
    const forms = [
      'urn:epc:tag:sgtin-96:3.95060001343.05.123456789',
      'urn:epc:id:sgtin:95060001343.05.123456789',
      '(01)09506000134352(21)123456789',
      ']d2010950600013435221123456789',
      'https://id.gs1.org/01/09506000134352/21/123456789',
      '30 66 C4 40 90 47 E1 40 07 5B CD 15',
    ];
    for (const form of forms) {
      const answer = await json(form, '--prefix-length', '11', '--filter', '3');
      expect(answer, form).toMatchObject({
        ok: true,
        pureUri: 'urn:epc:id:sgtin:95060001343.05.123456789',
        elementString: '(01)09506000134352(21)123456789',
        tags: expect.arrayContaining([{ scheme: 'SGTIN-96', epc: '3066C4409047E140075BCD15' }]),
      });
    }
  });

  it('keeps a tag raw that it does not understand, and exits 1', async () => {
    expect(await epc('E2003411B802011383257C3D')).toEqual({
      code: 1,
      stdout: 'raw E2003411B802011383257C3D\n',
      stderr: 'bailee: E2 is not the header of a GS1 scheme\n',
    });
    expect(await json('E2003411B802011383257C3D')).toEqual({
      ok: false,
      scheme: 'raw',
      raw: 'E2003411B802011383257C3D',
      why: 'E2 is not the header of a GS1 scheme',
    });
  });

  it('takes as much memory as the PC word says', async () => {
    expect(await json('3066C4409047E140075BCD15FFFF', '--pc', '3000')).toMatchObject({ scheme: 'SGTIN-96' });
    expect((await epc('3066C4409047E140075BCD15FFFF')).code).toBe(1);
    expect((await epc('3066C4409047E140075BCD15', '--pc', '5000')).stderr).toBe(
      'bailee: the PC word says 20 bytes of EPC, there are 12\n',
    );
    expect((await epc('3066', '--pc', '30')).stderr).toContain('four hexadecimal digits');
  });

  it('refuses what is no code, with what would be right', async () => {
    expect(await epc('(01)09506000134353(21)1')).toEqual({
      code: 64,
      stdout: '',
      stderr: 'bailee: (01) 09506000134353: the check digit is 3, it should be 2\n',
    });
    expect((await epc('urn:epc:id:sgtin:95060001343.5.1')).stderr).toBe(
      'bailee: with a company prefix of 11 digits the reference of sgtin is 2 digits, not "5"\n',
    );
    expect((await epc('(01)09506000134352', '--prefix-length', '13')).code).toBe(64);
    expect(await epc('3066C4409047E140075BCD15', '--scheme', 'SGTIN-97')).toEqual({
      code: 64,
      stdout: '',
      stderr: 'bailee: there is no scheme "SGTIN-97"; did you mean "SGTIN-96"?\n',
    });
    expect((await epc('urn:epc:id:gti:0614141.12345.4')).stderr).toContain('did you mean "gdti"?');
  });

  it('writes one scheme, or says why it cannot', async () => {
    const alphanumeric = ['(01)09506000134352(21)32a/b', '--prefix-length', '11'];
    expect(await json(...alphanumeric, '--scheme', 'sgtin-198', '--filter', '3')).toMatchObject({
      tags: [{ epc: '3666C4409047E159B2C2BF100000000000000000000000000000' }],
    });
    const { code, stdout } = await epc(...alphanumeric, '--scheme', 'SGTIN-96');
    expect([code, stdout]).toEqual([
      1,
      expect.stringContaining('SGTIN-96          – serial "32a/b" is not a number'),
    ]);
    expect(
      await json(
        '(01)79521141123453(21)32a/b',
        '--scheme',
        'SGTIN++',
        '--host',
        'id.example.com',
        '--filter',
        '3',
      ),
    ).toMatchObject({
      digitalLink: 'https://id.example.com/01/79521141123453/21/32a%2Fb',
      tags: [{ epc: 'FD3795211411234538566CB0AFC525065F1876F0D996D800' }],
    });
  });

  it('says in Chinese too what is there and what is missing', async () => {
    const { stdout } = await epc('(00)095201234567891235', '--lang', 'zh');
    expect(stdout).toContain('识别为  元素字符串');
    expect(stdout).toContain('URI 和旧式标签编码需要 --prefix-length');
  });
});
