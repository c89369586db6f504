import { describeProblems } from '../config/describe.ts';
import { AnchorError, ConfigError, DeviceError, ExitCode, Refused, StorageError } from '../domain/errors.ts';
import type { Context } from './context.ts';

/** Somebody asked in a way that cannot be understood: exit 64. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Says what went wrong and gives the exit code that tells a supervisor what must happen next. */
export function report(error: unknown, context: Context): number {
  if (error instanceof SuppressedError) return report(error.suppressed, context);
  // Asked to stop, and stopped: a command that had no answer yet gives none.
  if (error === context.world.signal.reason) return ExitCode.difference;
  if (error instanceof ConfigError) {
    context.tell(describeProblems(error.problems, context.lang));
    return ExitCode.config;
  }
  if (error instanceof StorageError) {
    context.tell(`bailee: ${error.code}: ${error.message}`);
    return error.code === 'FORK' ? ExitCode.fork : ExitCode.io;
  }
  if (error instanceof AnchorError || error instanceof DeviceError) {
    context.tell(`bailee: ${error.code}: ${error.message}`);
    return ExitCode.io;
  }
  if (error instanceof UsageError || error instanceof Refused) {
    context.tell(`bailee: ${error.message}`);
    return ExitCode.usage;
  }
  const shown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  context.tell(`bailee: ${context.say({ en: 'a bug', zh: '程序缺陷' })}: ${shown}`);
  return ExitCode.bug;
}
