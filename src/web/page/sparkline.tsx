import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Stream } from '../../api/types.ts';
import type { Curve, History } from './history.ts';
import { useLanguage } from './language.tsx';

const HEIGHT = 44;

/** The last half hour as a line. The number beside it says what it means now, so it is decoration to a reader. */
export function Sparkline(props: { stream: Stream; history: History }): JSX.Element {
  const { stream, history } = props;
  const { say } = useLanguage();
  const [isErased, setErased] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const target = place.current;
    if (target === null) return undefined;
    const plot = new uPlot(optionsFor(target, stream.unit === '1'), [[], []], target);
    const draw = ({ t, v, erased }: Curve): void => {
      plot.setData([t, v]);
      setErased(erased);
    };
    const unwatch = history.watch(stream, draw);
    const resized = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: HEIGHT }));
    resized.observe(target);
    return () => {
      unwatch();
      resized.disconnect();
      plot.destroy();
    };
  }, [stream.id, history]);
  return (
    <>
      <div class="sparkline" ref={place} aria-hidden="true" />
      {isErased && <p class="age">{say('erased')}</p>}
    </>
  );
}

function optionsFor(target: HTMLElement, isSwitch: boolean): uPlot.Options {
  const color = (name: string): string => getComputedStyle(target).getPropertyValue(name);
  const stepped = uPlot.paths.stepped?.({ align: 1 });
  return {
    width: target.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    axes: [{ show: false }, { show: false }],
    scales: { y: { range: isSwitch ? [-0.1, 1.1] : padded } },
    padding: [4, 2, 4, 2],
    series: [
      {},
      {
        // Asked at every drawing, so that it follows a change of the colour scheme.
        stroke: () => color('--curve'),
        width: 1.5,
        points: { show: false },
        ...(isSwitch && stepped !== undefined ? { paths: stepped } : {}),
      },
    ],
  };
}

/** A flat line stands in the middle, not at the edge. */
function padded(_: uPlot, min: number | null, max: number | null): uPlot.Range.MinMax {
  if (min === null || max === null) return [0, 1];
  const room = Math.max((max - min) * 0.1, 2);
  return [min - room, max + room];
}
