import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExitCode } from '../domain/errors.ts';
import { WATCHDOG_EVERY_MS } from './watchdog.ts';

const SYSTEMD = join(import.meta.dirname, '../../systemd');
const unit = readFileSync(join(SYSTEMD, 'bailee.service'), 'utf8');

/** All values of one directive, in order. */
function values(key: string): string[] {
  return unit.split('\n').flatMap((line) => (line.startsWith(`${key}=`) ? [line.slice(key.length + 1)] : []));
}

const SWITCHES = `NoNewPrivileges ProtectHome PrivateTmp PrivateUsers PrivateMounts ProtectClock
  ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables ProtectControlGroups
  RestrictNamespaces RestrictRealtime RestrictSUIDSGID RemoveIPC LockPersonality`.split(/\s+/);

describe('the unit', () => {
  it.each([
    ['Type', 'notify'],
    ['NotifyAccess', 'all'],
    ['WatchdogSec', '30s'],
    ['WatchdogSignal', 'SIGABRT'],
    ['Restart', 'always'],
    ['RestartSec', '2s'],
    ['StartLimitIntervalSec', '0'],
    ['OnFailure', 'bailee-safe.service'],
    ['RuntimeDirectoryPreserve', 'restart'],
    ['User', 'bailee'],
    ['SupplementaryGroups', 'dialout'],
    ['StateDirectory', 'bailee'],
    ['StateDirectoryMode', '0700'],
    ['ConfigurationDirectory', 'bailee'],
    ['UMask', '0077'],
    ['CapabilityBoundingSet', ''],
    ['ProtectSystem', 'strict'],
    ['ProtectProc', 'invisible'],
    ['DevicePolicy', 'closed'],
    ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6'],
    ['SystemCallErrorNumber', 'EPERM'],
    ['MemoryHigh', '320M'],
    ['MemoryMax', '400M'],
    ['TasksMax', '64'],
    ['LimitNOFILE', '4096'],
    ['LimitCORE', '0'],
  ])('sets %s=%s', (key, value) => expect(values(key)).toEqual([value]));

  it.each(SWITCHES)('sets %s=yes', (key) => expect(values(key)).toEqual(['yes']));

  it('does not restart on a fork or a wrong configuration, whose exit codes are those of the code', () => {
    expect(values('RestartPreventExitStatus')).toEqual([`${ExitCode.fork} ${ExitCode.config}`]);
  });

  it('starts the bundle with the memory flags, and the heap stays below MemoryHigh', () => {
    const [start = ''] = values('ExecStart');
    expect(start).toContain(
      ' --expose-gc --max-semi-space-size=4 --no-maglev --no-sparkplug --v8-pool-size=1 --max-old-space-size=192 ',
    );
    expect(values('Environment')).toEqual(['MALLOC_ARENA_MAX=1']);
    expect(start).toMatch(/bailee\.mjs run \/etc\/bailee\/gateway\.yaml$/);
    expect(192).toBeLessThan(Number.parseInt(values('MemoryHigh')[0] ?? '', 10));
  });

  it('waits for more than two signs of life, and for nothing of the network or the clock', () => {
    expect(Number.parseInt(values('WatchdogSec')[0] ?? '', 10) * 1000).toBeGreaterThan(2 * WATCHDOG_EVERY_MS);
    expect([...values('After'), ...values('Wants'), ...values('Requires')]).toEqual([]);
  });

  it('leaves off what kills V8', () => {
    expect(values('MemoryDenyWriteExecute')).toEqual([]);
    expect(values('SystemCallFilter')).toEqual(['@system-service', '~@privileged @resources']);
  });
});

const analyze = spawnSync('systemd-analyze', ['--version']).status === 0;
const skipped = analyze ? '' : ' (skipped: systemd-analyze is not installed)';

describe.skipIf(!analyze)(`the unit before systemd itself${skipped}`, () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bailee-unit-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is accepted without a warning, and so is the one that says why it stopped', () => {
    // The programs need not be installed here: verify wants files that exist.
    for (const name of ['bailee.service', 'bailee-safe.service']) {
      const text = readFileSync(join(SYSTEMD, name), 'utf8');
      const local = text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`);
      writeFileSync(join(folder, name), local.replaceAll('/usr/lib/bailee/README.md', '/dev/null'));
    }
    const units = ['bailee.service', 'bailee-safe.service'].map((name) => join(folder, name));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it('is exposed no more than 1.5 of 10', () => {
    const arguments_ = ['security', '--offline=true', '--threshold=15', '--no-pager'];
    const said = execFileSync('systemd-analyze', [...arguments_, join(SYSTEMD, 'bailee.service')], {
      encoding: 'utf8',
    });
    expect(said).toMatch(/Overall exposure level for bailee\.service: 1\.[0-5] /);
  });
});
