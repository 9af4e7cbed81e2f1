/*
 * uPlot makes a number format of the browser's language the moment it is loaded, and with it would
 * end the whole page where that is no language tag: a Chromium under `LANG=C` calls its own
 * `en-US@posix`. This report formats all numbers by itself, whatever the language.
 */
try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' });
}
