import type { SelftestResult } from '../selftest/selftest-result.ts';
import { selftestAnswer, selftestPassed } from './selftest-terminal.ts';

/** One JSON document, not rounded. */
export function selftestJson(result: SelftestResult): string {
  const document = {
    passed: selftestPassed(result),
    answer: selftestAnswer(result),
    ...result,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
