import junitModule, { type Builder } from 'junit-report-builder';

export type JunitOutcome =
  | { readonly kind: 'passed' }
  /** The tested system does not do what was asked for. */
  | { readonly kind: 'failed'; readonly message: string }
  /** It could not be found out. */
  | { readonly kind: 'error'; readonly message: string }
  | { readonly kind: 'skipped'; readonly reason: string };

export interface JunitCase {
  readonly className: string;
  readonly name: string;
  readonly outcome: JunitOutcome;
  /** Shown beside it; empty: nothing is. */
  readonly output: string;
}

export interface JunitSuite {
  readonly name: string;
  /** ISO 8601; `null` where nothing ran. */
  readonly timestamp: string | null;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly JunitCase[];
}

/** JUnit's XML, as CI systems read it. Only importer of junit-report-builder. */
export function junitXml(name: string, suites: readonly JunitSuite[]): string {
  const report = builderOf(junitModule).newBuilder().name(xmlText(name));
  for (const { name: suiteName, timestamp, properties, cases } of suites) {
    const suite = report.testSuite().name(xmlText(suiteName));
    // A text: a Date would be written in the zone of this machine.
    if (timestamp !== null) suite.timestamp(xmlText(timestamp));
    for (const [key, value] of Object.entries(properties)) {
      suite.property(xmlText(key), xmlText(value));
    }
    for (const { className, name: caseName, outcome, output } of cases) {
      const testCase = suite.testCase().className(xmlText(className)).name(xmlText(caseName));
      if (outcome.kind === 'failed') testCase.failure(xmlText(outcome.message), 'threshold');
      if (outcome.kind === 'error') testCase.error(xmlText(outcome.message), 'measurement');
      if (outcome.kind === 'skipped') testCase.skipped();
      // `<skipped>` cannot be given a reason by this builder: it goes where output is shown.
      const shown = [outcome.kind === 'skipped' ? outcome.reason : '', output]
        .filter((text) => text !== '')
        .join('\n');
      if (shown !== '') testCase.standardOutput(cdataText(shown));
    }
  }
  return report.build();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write these
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/g;

/** Marks that turn the direction of what follows, in whatever shows the file. */
const TURNING = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** What XML 1.0 cannot hold, or turns text, is shown as a replacement character, not left out in silence. */
function xmlText(text: string): string {
  return text.toWellFormed().replace(NOT_XML, '\ufffd').replace(TURNING, '\ufffd');
}

/** The builder parts only the first end of a CDATA section that it meets. */
function cdataText(text: string): string {
  return xmlText(text).replaceAll(']]>', ']] >');
}

/** The package's types say that the builder is its `default`; it is the module itself. */
function builderOf(module: unknown): Builder {
  if (!isBuilder(module)) throw new Error('junit-report-builder is not the builder it was');
  return module;
}

function isBuilder(module: unknown): module is Builder {
  return typeof module === 'object' && module !== null && 'newBuilder' in module;
}
