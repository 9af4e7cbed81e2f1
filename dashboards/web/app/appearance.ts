import { createContext } from 'preact';
import { useContext } from 'preact/hooks';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** How the page looks now: what is drawn on a canvas follows no style sheet by itself. */
export interface Appearance {
  readonly scheme: 'light' | 'dark';
  /** On paper nothing can be opened, scrolled to or hovered: all of it is drawn. */
  readonly printing: boolean;
}

export const AppearanceContext = createContext<Appearance>({ scheme: 'light', printing: false });

export function useAppearance(): Appearance {
  return useContext(AppearanceContext);
}
