import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Session } from '../../api/types.ts';
import { ActForm, type Target } from './act-form.tsx';
import type { Doing } from './acts.ts';
import { useLanguage } from './language.tsx';

/** One button for each thing this person may do about it now; the form of the one that was pressed. */
export function ActBar(props: {
  title: string;
  target: Target;
  doings: readonly Doing[];
  session: Session;
  isLive: boolean;
  /** Open from the start: the way here was a link to act. */
  open?: Doing | null;
}): JSX.Element | null {
  const { say } = useLanguage();
  const { title, target, doings, session, isLive } = props;
  const [open, setOpen] = useState<Doing | null>(props.open ?? null);
  const bar = useRef<HTMLDivElement>(null);
  const may = isLive ? doings.filter((doing) => session.may.includes(doing.operation)) : [];
  if (may.length === 0) return null;
  const close = (): void => {
    setOpen(null);
    // The button is drawn anew first, unless the act took it away.
    requestAnimationFrame(() =>
      bar.current?.querySelector<HTMLButtonElement>(`[data-act="${open?.operation ?? ''}"]`)?.focus(),
    );
  };
  return (
    <div ref={bar} class="acts">
      {open !== null && may.includes(open) ? (
        <ActForm doing={open} target={target} csrf={session.csrf} close={close} />
      ) : (
        <div class="buttons">
          {may.map((doing, i) => (
            <button
              key={doing.operation}
              type="button"
              data-act={doing.operation}
              class={i === 0 ? 'primary' : ''}
              onClick={() => setOpen(doing)}
            >
              {say(doing.word)}
              <span class="unseen"> {title}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
