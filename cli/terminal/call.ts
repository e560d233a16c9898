import type { Command } from "commander";
import type { GlobalOptions } from "./settings.ts";
import { type Output, output, type Terminal } from "./terminal.ts";

/** One call of a command: where it runs, the options that every command takes, and where its answer goes. */
export interface Call {
  readonly terminal: Terminal;
  readonly options: GlobalOptions;
  readonly out: Output;
}

/** Gives a command its options and action, or adds one to a group. Each file of `commands/` exports such. */
export type AddCommand = (command: Command, terminal: Terminal) => void;

export function callOf(terminal: Terminal, command: Command): Call {
  const options = command.optsWithGlobals<GlobalOptions>();
  return { terminal, options, out: output(terminal, options.json === true) };
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
