import type { VNode } from 'preact';
import { THEMES, type Theme } from '../appearance.ts';
import { Segments } from './segments.tsx';

const LABELS: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' };

export function ThemeChoice(props: {
  readonly theme: Theme;
  readonly choose: (theme: Theme) => void;
}): VNode {
  return (
    <Segments
      legend="Colours"
      options={THEMES.map((value) => ({ value, label: LABELS[value] }))}
      chosen={props.theme}
      choose={props.choose}
    />
  );
}
