import type { Command } from "commander";
import type { GlobalOptions } from "./settings.ts";
import { type Output, output, type Terminal } from "./terminal.ts";

/** One call of a command: where it runs, the options that every command takes, and where its answer goes. */
export interface Call {
  readonly terminal: Terminal;
  readonly options: GlobalOptions;
  readonly out: Output;
}

/** Puts a command into the program. Each file of `commands/` exports one. */
export type AddCommand = (parent: Command, terminal: Terminal) => void;

export function callOf(terminal: Terminal, command: Command): Call {
  const options = command.optsWithGlobals<GlobalOptions>();
  return { terminal, options, out: output(terminal, options.json === true) };
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
