import { useLayoutEffect, useState } from 'preact/hooks';
import type { Appearance, Theme } from './appearance.ts';
import { useMedia } from './use-media.ts';

interface ThemeState {
  readonly theme: Theme;
  readonly appearance: Appearance;
  readonly choose: (theme: Theme) => void;
}

/** The reader's choice lasts as long as the page is open: a file has no place of its own to keep it. */
export function useTheme(): ThemeState {
  const [theme, choose] = useState<Theme>('system');
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const printing = useMedia('print');
  useLayoutEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  const dark = !printing && (theme === 'dark' || (theme === 'system' && systemDark));
  return { theme, choose, appearance: { scheme: dark ? 'dark' : 'light', printing } };
}
