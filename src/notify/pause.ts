const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Resolves after `ms`, when `signal` aborts, or when `wake` is called through `onWake`. */
export async function pause(
  ms: number,
  signal: AbortSignal,
  onWake: (wake: () => void) => void = () => undefined,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  const timer = setTimeout(wake, Math.min(Math.max(ms, 0), LONGEST_TIMER_MS));
  signal.addEventListener('abort', wake, { once: true });
  onWake(wake);
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', wake);
}
