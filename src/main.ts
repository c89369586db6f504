import { ExitCode } from './domain/errors.ts';

/**
 * The process: arguments, signals, exit codes. SIGTERM and SIGINT ask the command to stop and are
 * then left to the system, so a second one ends a process that hangs. What a command needs is
 * loaded by the command.
 */
const stopping = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => stopping.abort(new Error(`stopped by ${signal}`)));
}
process.on('uncaughtException', (error) => {
  process.stderr.write(
    `bailee: a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(ExitCode.bug);
});
// A reader that has seen enough (`bailee verify … | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

const { runCommand } = await import('./cli/program.ts');
process.exitCode = await runCommand(process.argv.slice(2), {
  env: process.env,
  signal: stopping.signal,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
});
