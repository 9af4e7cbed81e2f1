import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';

const DONE = 'Copied';
const BY_HAND = 'Selected: press Ctrl+C or ⌘C';

/** Text to paste elsewhere. Where the browser keeps its clipboard shut the text is selected instead. */
export function CopyText({ text, what }: { readonly text: string; readonly what: string }): VNode {
  const source = useRef<HTMLPreElement>(null);
  const [told, setTold] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setTold(DONE);
    } catch {
      if (source.current !== null) getSelection()?.selectAllChildren(source.current);
      setTold(BY_HAND);
    }
  };
  return (
    <div class="copy">
      <pre ref={source}>
        <code>{text}</code>
      </pre>
      <div class="screen-only">
        <button type="button" aria-label={`Copy ${what}`} onClick={() => void copy()}>
          Copy
        </button>
        <span class="small muted" role="status">
          {told === '' ? '' : ` ${told}`}
        </span>
      </div>
    </div>
  );
}
