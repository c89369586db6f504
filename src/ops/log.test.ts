import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openLog } from './log.ts';

function logged(write: (log: ReturnType<typeof openLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(openLog('info', { write: (line: string) => void lines.push(line) }));
  return lines.map((line): Record<string, unknown> => JSON.parse(line));
}

describe('the log', () => {
  it('is one JSON object a line with level, time and message', () => {
    const [line, ...rest] = logged((log) => {
      log.debug('not this');
      log.warn({ device: 'probe-1' }, 'no answer');
    });
    expect(rest).toEqual([]);
    expect(line).toMatchObject({ level: 'warn', device: 'probe-1', msg: 'no answer' });
    expect(line?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(line).not.toHaveProperty('hostname');
  });

  it('prints no secret, at three depths', () => {
    const lines = logged((log) => {
      log.info({ password: 'canary' }, 'a');
      log.info({ mqtt: { password: 'canary', user: 'u' } }, 'b');
      log.info({ devices: { mqtt: { token: 'canary' } } }, 'c');
      log.info({ headers: { authorization: 'Bearer canary', cookie: 'canary' } }, 'd');
    });
    expect(JSON.stringify(lines)).not.toContain('canary');
    expect(JSON.stringify(lines).match(/\[redacted\]/g)).toHaveLength(5);
    expect(lines[1]).toMatchObject({ mqtt: { user: 'u' } });
  });

  it('keeps an error with its cause', () => {
    const [line] = logged((log) =>
      log.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed'),
    );
    expect(JSON.stringify(line)).toContain('inner');
  });

  it('has written its line when the process dies the next moment', () => {
    const script = `import { openLog } from '${join(import.meta.dirname, 'log.ts')}';
      openLog('info').error('last words'); process.kill(process.pid, 'SIGKILL');`;
    let output = '';
    try {
      execFileSync(process.execPath, ['--input-type=module', '-e', script], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    } catch (error) {
      output = String(Reflect.get(Object(error), 'stdout'));
    }
    expect(output).toContain('last words');
  });
});
