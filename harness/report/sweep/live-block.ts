import { visibleLength } from '../text-layout.ts';

export interface BlockLine {
  readonly text: string;
  /** Applied to what is shown of the text: a colour must not be cut in two. */
  readonly paint: (text: string) => string;
}

/** Some lines at the end of a terminal that are drawn again and again in the same place. */
export interface LiveBlock {
  draw(lines: readonly BlockLine[]): void;
  /** A line that stays, above the block. */
  print(text: string): void;
  /** Removes the block. */
  end(): void;
}

/** So that neither a full last line nor the `^C` of a key press wraps, which would move everything. */
const MARGIN_COLUMNS = 3;

/**
 * Lines are cut to the terminal's width. When it gets narrower, what was drawn before takes more rows:
 * terminals break such lines anew, so the rows to go back are counted by the width of now.
 */
export function createLiveBlock(output: {
  write(text: string): void;
  readonly columns: number;
}): LiveBlock {
  let shown: readonly string[] = [];
  let shownColumns = 0;

  const erasing = (): string => {
    if (shown.length === 0) return '';
    const rows = shown.reduce(
      (sum, line) => sum + Math.max(1, Math.ceil(visibleLength(line) / output.columns)),
      0,
    );
    const up = rows === 1 ? '' : `\u001b[${rows - 1}A`;
    return `\r${up}\u001b[J`;
  };
  return {
    draw(lines) {
      const width = Math.max(1, output.columns - MARGIN_COLUMNS);
      const cut = lines.map(({ text, paint }) => paint([...text].slice(0, width).join('')));
      const same = cut.join('\n') === shown.join('\n') && shownColumns === output.columns;
      if (same) return;
      output.write(`${erasing()}${cut.join('\n')}`);
      shown = cut;
      shownColumns = output.columns;
    },
    print(text) {
      output.write(`${erasing()}${text}\n${shown.join('\n')}`);
    },
    end() {
      if (shown.length > 0) output.write(erasing());
      shown = [];
    },
  };
}
