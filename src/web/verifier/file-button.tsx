import type { JSX } from 'preact';

/** A button that opens the browser's own choice of files; the input itself stays reachable by keyboard. */
export function FileButton(props: { id: string; label: string; take: (file: File) => void }): JSX.Element {
  return (
    <p class="file-button no-print">
      <input
        type="file"
        id={props.id}
        class="unseen"
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file !== undefined) props.take(file);
          // The same file may be chosen again, when it has changed.
          currentTarget.value = '';
        }}
      />
      <label class="button" for={props.id}>
        {props.label}
      </label>
    </p>
  );
}
