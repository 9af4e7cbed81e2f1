import {
  REPORT_DATA_ELEMENT,
  REPORT_DATA_PLACEHOLDER,
} from '../../harness/report/html/report-data.ts';

/** Of the page: what it runs, how it looks, and the policy that allows just those two. */
export interface ReportParts {
  readonly policy: string;
  readonly style: string;
  readonly script: string;
}

/** The HTML around the parts, with `REPORT_DATA_PLACEHOLDER` once where the data belongs. */
export function reportDocument({ policy, style, script }: ReportParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>pool-lab report</title>
<style>${style}</style>
</head>
<body>
<noscript><p>This report draws itself with a script that stands in this file and loads nothing. Allow JavaScript for it, or have the same run as text: <code>pool-lab report RUN --format markdown</code>.</p></noscript>
<div id="app"></div>
<script type="application/json" id="${REPORT_DATA_ELEMENT}">${REPORT_DATA_PLACEHOLDER}</script>
<script>${script}</script>
</body>
</html>
`;
}
