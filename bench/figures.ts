/** One measured figure: its absolute value, what it stands beside in the same run, and its target. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** The same work without bailee, measured in the same run; null where there is none. */
  readonly beside: { readonly name: string; readonly value: number } | null;
  /** Bounds of the value, or of its ratio to what it stands beside. */
  readonly target: { readonly most?: number; readonly least?: number; readonly ratio?: number } | null;
};

export type PartResult = {
  readonly part: string;
  readonly figures: readonly Figure[];
  /** What was done, in one line each; also why a part was skipped. */
  readonly notes: readonly string[];
};

export function ratioOf({ value, beside }: Figure): number | null {
  return beside === null || beside.value === 0 ? null : value / beside.value;
}

export function isMet(figure: Figure): boolean | null {
  const { value, target } = figure;
  if (target === null) return null;
  if (target.ratio !== undefined) return (ratioOf(figure) ?? Infinity) <= target.ratio;
  return value <= (target.most ?? Infinity) && value >= (target.least ?? -Infinity);
}

/** One line a figure: name, ratio, absolute value, target and whether it is met. */
export function lineOf(figure: Figure): string {
  const ratio = ratioOf(figure);
  const beside = figure.beside === null ? '' : `of ${figure.beside.name} ${short(figure.beside.value)}`;
  const most = figure.target?.most;
  const least = figure.target?.least;
  const ratioMost = figure.target?.ratio;
  const wanted = [
    most === undefined ? '' : `≤ ${most}`,
    least === undefined ? '' : `≥ ${least}`,
    ratioMost === undefined ? '' : `≤ ${ratioMost}×`,
  ].join('');
  const verdict = { true: 'met', false: 'MISSED', null: '' }[
    String(isMet(figure)) as 'true' | 'false' | 'null'
  ];
  return [
    figure.name.padEnd(34),
    (ratio === null ? '' : `${short(ratio)}×`).padStart(8),
    `${short(figure.value)} ${figure.unit}`.padStart(24),
    wanted.padStart(10),
    verdict.padEnd(6),
    beside,
  ]
    .join('  ')
    .trimEnd();
}

/** Three significant digits, or whole thousands as people read them. */
function short(n: number): string {
  if (Math.abs(n) >= 1000) return Math.round(n).toLocaleString('en');
  return String(Number(n.toPrecision(3)));
}

/** The value that a share `p` of the sorted values does not exceed (nearest rank). */
export function quantile(sorted: readonly number[], p: number): number {
  return sorted[Math.max(0, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}
