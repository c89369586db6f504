import { cpus, loadavg, release, totalmem } from 'node:os';

/** What a reader needs to judge the figures: the machine, and how busy others kept it. */
export function machineFacts(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
    node: process.version,
    // Others at work make every figure worse; a ratio within one run less so.
    load1: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
