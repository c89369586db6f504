import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { timeText, unitText } from './format.ts';
import { useLanguage } from './language.tsx';
import { makePlot, resize, type PlotParts } from './plot.ts';

/** The readings over the asked time. The lists below it say the same in words. */
export function Chart(props: { parts: PlotParts; label: string }): JSX.Element {
  const { language } = useLanguage();
  const place = useRef<HTMLDivElement>(null);
  const [under, setUnder] = useState<{ readonly t: number; readonly v: number } | null>(null);
  const { name } = props.parts.stream;
  useEffect(() => {
    const target = place.current;
    if (target === null) return undefined;
    const plot = makePlot(target, props.parts, setUnder);
    const resized = new ResizeObserver(() => resize(plot, target.clientWidth));
    resized.observe(target);
    const redraw = (): void => plot.redraw();
    const schemes = [matchMedia('(prefers-color-scheme: dark)'), matchMedia('print')];
    for (const scheme of schemes) scheme.addEventListener('change', redraw);
    return () => {
      for (const scheme of schemes) scheme.removeEventListener('change', redraw);
      resized.disconnect();
      plot.destroy();
    };
  }, [props.parts.stream]);
  const text =
    under === null
      ? ''
      : `${timeText(under.t)} · ${round(under.v, name.exp)} ${unitText(name.unit, language)}`;
  return (
    <div class="chart">
      <div ref={place} role="img" aria-label={props.label} />
      <p class="under no-print" aria-hidden="true">
        {text}
      </p>
    </div>
  );
}

function round(v: number, exp: number): string {
  return v.toFixed(Math.max(0, -exp));
}
