import { useState } from 'preact/hooks';
import type { Appearance, Theme } from './appearance.ts';
import { useMedia } from './use-media.ts';

interface ThemeState {
  readonly theme: Theme;
  readonly appearance: Appearance;
  readonly choose: (theme: Theme) => void;
}

/** The reader's choice lasts as long as the page is open: a file has no place of its own to keep it. */
export function useTheme(): ThemeState {
  const [theme, setTheme] = useState<Theme>('system');
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const printing = useMedia('print');
  const dark = !printing && (theme === 'dark' || (theme === 'system' && systemDark));
  return {
    theme,
    choose: (chosen) => {
      // Before anything is drawn: charts read their colours from the style sheet as it is then.
      applyTheme(chosen);
      setTheme(chosen);
    },
    appearance: { scheme: dark ? 'dark' : 'light', printing },
  };
}

function applyTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') delete dataset['theme'];
  else dataset['theme'] = theme;
}
