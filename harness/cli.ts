/** Process entry of the command line; see `cli-process.ts` for what it does with the process. */
import { runCli } from './cli-process.ts';
import { budgetCommand } from './commands/budget.ts';
import { cleanCommand } from './commands/clean.ts';
import type { Command } from './commands/command.ts';
import { compareCommand } from './commands/compare.ts';
import { configCommand } from './commands/config.ts';
import { costCommand } from './commands/cost.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { initCommand } from './commands/init.ts';
import { inspectCommand } from './commands/inspect.ts';
import { pgbouncerCommand } from './commands/pgbouncer.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { selftestCommand } from './commands/selftest.ts';
import { sweepCommand } from './commands/sweep.ts';
import { upCommand } from './commands/up.ts';
import { poolLabVersion } from './version.ts';

/** In the order of the help. */
const COMMANDS: readonly Command[] = [
  demoCommand,
  runCommand,
  sweepCommand,
  upCommand,
  reportCommand,
  compareCommand,
  pgbouncerCommand,
  initCommand,
  configCommand,
  inspectCommand,
  costCommand,
  budgetCommand,
  selftestCommand,
  doctorCommand,
  cleanCommand,
];

await runCli({ host: process, commands: COMMANDS, version: poolLabVersion() });
