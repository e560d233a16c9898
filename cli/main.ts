import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { Command, CommanderError } from "commander";
import { MapaeError } from "../resolver/errors.ts";
import { addCommands } from "./commands/index.ts";
import { REPOSITORY } from "./files/repository.ts";
import { PROGRAM_HELP } from "./help/program.ts";
import { reflow, widthOf } from "./help/reflow.ts";
import { commandIn, nameOf } from "./help/usage.ts";
import { CliError, EXIT, type ExitCode, exitCodeOf } from "./terminal/errors.ts";
import { watchOutput } from "./terminal/lost-output.ts";
import { printable } from "./terminal/printable.ts";
import { output, type Terminal } from "./terminal/terminal.ts";
import { expectCleanVariables } from "./terminal/variables.ts";

const OPTIONS_OF_ALL =
  "\nEvery command also accepts --network, --rpc, --keystore, --relay, --gas-price and --json: see mapae --help";

/** Runs the command line in this process. */
export async function main(args: readonly string[]): Promise<void> {
  const { env, stdin, stdout, stderr } = process;
  let signs = false;
  const onSigner = () => {
    signs = true;
  };
  const terminal = { env, stdin, stdout, stderr, onSigner };
  const lost = watchOutput(stdout);
  // When errors can't be written, only the exit code reports them.
  stderr.on("error", () => {});
  const exitCode = await run(args, terminal);
  const failure = await lost();
  if (failure === undefined || exitCode !== EXIT.done) process.exitCode = exitCode;
  // A reader such as `head` closes the pipe on purpose: no error is reported, unless something was written to a chain.
  else if (failure.code === "PIPE_CLOSED" && !signs) process.exitCode = EXIT.pipeClosed;
  else process.exitCode = report(failure, terminal, args.includes("--json"));
}

/**
 * Runs one command and returns the exit code. Errors are written to stderr, as text or with `--json` as JSON; their stack only
 * with MAPAE_DEBUG=1.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let program: Command | undefined;
  try {
    expectCleanVariables(terminal.env);
    program = await buildProgram(terminal, args);
    await program.parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done; // --help, --version
    const ours = error instanceof CommanderError && program ? usageError(error, commandIn(program, args)) : error;
    return report(ours, terminal, args.includes("--json"));
  }
}

async function buildProgram(terminal: Terminal, args: readonly string[]): Promise<Command> {
  const json = args.includes("--json");
  const program = new Command("mapae")
    .description(
      "did:mapae: deploy a network, write and resolve DIDs, accredit issuers, revoke credentials, run a node",
    )
    .version(version(), "--version")
    .option("--json", "answers as JSON on stdout, errors as JSON on stderr")
    .option("--network <file>", "network descriptor (default: MAPAE_NETWORK, else that of npm start)")
    .option("--rpc <url>", "the chain (default: the first of MAPAE_RPC_URLS, else http://127.0.0.1:8545)")
    .option("--keystore <file>", "encrypted JSON keystore of the account that signs (default: MAPAE_KEYSTORE)")
    .option("--relay <file>", "append a signed request to this file, for a relayer that pays, instead of sending")
    .option("--gas-price <wei>", "send legacy transactions at this price; 0 on a chain with free gas")
    .addHelpText("after", PROGRAM_HELP)
    .addHelpText("afterAll", ({ command }) => (command.parent === null ? "" : OPTIONS_OF_ALL))
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      getOutHelpWidth: () => widthOf(terminal.stdout),
      getErrHelpWidth: () => widthOf(terminal.stderr),
      writeOut: (text) => terminal.stdout.write(reflow(text, widthOf(terminal.stdout))),
      // Errors of usage are reported below like all others; only unrequested help is written here.
      writeErr: (text) => void (json || terminal.stderr.write(printable(reflow(text, widthOf(terminal.stderr))))),
      outputError: () => {},
    });
  refusePrivateKeyFlag(program);

  await addCommands(program, terminal, args);
  return program;
}

/** Refuses a private key on the command line, where the process list and the shell's history show it. */
function refusePrivateKeyFlag(program: Command): void {
  const option = program.createOption("--private-key [key]").hideHelp();
  program.addOption(option).on("option:private-key", () => {
    throw new CliError(
      "USAGE",
      "A private key never goes into a command line, where the process list and the shell's history show it: " +
        "consider this one known. Use --keystore <file>, or MAPAE_PRIVATE_KEY in development",
    );
  });
}

function usageError({ code, message }: CommanderError, command: Command): CliError {
  if (code === "commander.help") return new CliError("USAGE", "A command is missing: see above");
  const problem = message
    .replace(/^error: /, "")
    .replace(/\n\(Did you mean/, " (did you mean")
    .replace(/\.$/, "");
  return new CliError("USAGE", `${problem}; see ${nameOf(command)} --help`);
}

function report(error: unknown, terminal: Terminal, json: boolean): ExitCode {
  const exitCode = exitCodeOf(error);
  const code = error instanceof MapaeError ? error.code : "INTERNAL_ERROR";
  const message =
    error instanceof MapaeError
      ? error.message
      : `Something is wrong with Mapae itself (${error instanceof Error ? error.message : error}). MAPAE_DEBUG=1 shows where`;
  output(terminal, json).error({ code, message, exitCode }, message);
  if (terminal.env.MAPAE_DEBUG === "1" && error instanceof Error)
    terminal.stderr.write(`${printable(inspect(error))}\n`);
  return exitCode;
}

function version(): string {
  return (JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { version: string }).version;
}
