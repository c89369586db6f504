import { quantile } from './figures.ts';

/** Median time of some runs of `act`, ms, after one that only warms up. */
export function medianMs(runs: number, act: () => void): number {
  act();
  const times: number[] = [];
  for (let i = 0; i < runs; i++) {
    const begun = performance.now();
    act();
    times.push(performance.now() - begun);
  }
  return quantile(
    times.sort((a, b) => a - b),
    0.5,
  );
}
