import type { Command } from "commander";

/** The command that arguments name, or the group or program for which they name none. */
export function commandIn(program: Command, args: readonly string[]): Command {
  return args.reduce((found, arg) => found.commands.find((one) => one.name() === arg) ?? found, program);
}

/** The full name of a command: `mapae did create`. */
export function nameOf(command: Command): string {
  return command.parent === null ? command.name() : `${nameOf(command.parent)} ${command.name()}`;
}
