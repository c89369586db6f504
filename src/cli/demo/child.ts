import type { ChildProcess } from 'node:child_process';

/** What does not end when it is asked to is killed after this time, ms. */
const PATIENCE_MS = 5000;

/** How a child ended, in words; "did not start" when it never ran, "is not ready" when time is up first. */
export function endOf(child: ChildProcess, signal: AbortSignal): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(`did not start, ${error.message}`));
    child.once('exit', (code, by) => resolve(`ended with ${code ?? by}`));
    signal.addEventListener('abort', () => resolve('is not ready'), { once: true });
  });
}

/** Gives what ends a child; it is also killed when this process ends in any other way. */
export function stopChild(child: ChildProcess): () => Promise<void> {
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  return async () => {
    const isRunning = child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    if (isRunning) {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(kill, PATIENCE_MS);
      await gone;
      clearTimeout(late);
    }
    process.off('exit', kill);
  };
}
