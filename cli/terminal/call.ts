import type { Command } from "commander";
import type { GlobalOptions } from "./settings.ts";
import { type Output, output, type Terminal } from "./terminal.ts";

/** One call of a command: its terminal, the options that every command has, and the output for its answer. */
export interface Call {
  readonly terminal: Terminal;
  readonly options: GlobalOptions;
  readonly out: Output;
}

/** Adds options and an action to a command, or a command to a group. Each file of `commands/` exports such a function. */
export type AddCommand = (command: Command, terminal: Terminal) => void;

export function callOf(terminal: Terminal, command: Command): Call {
  const options = command.optsWithGlobals<GlobalOptions>();
  return { terminal, options, out: output(terminal, options.json === true) };
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
