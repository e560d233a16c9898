import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { Command, CommanderError } from "commander";
import { MapaeError } from "../resolver/index.ts";
import { addVerify } from "./commands/credential/verify.ts";
import { addDidAddKey } from "./commands/did/add-key.ts";
import { addDidAddService } from "./commands/did/add-service.ts";
import { addDidCreate } from "./commands/did/create.ts";
import { addDidDeactivate } from "./commands/did/deactivate.ts";
import { addDidAddDelegate, addDidRevokeDelegate } from "./commands/did/delegate.ts";
import { addResolve } from "./commands/did/resolve.ts";
import { addDidRevokeKey } from "./commands/did/revoke-key.ts";
import { addDidSetOwner } from "./commands/did/set-owner.ts";
import { addDidShow } from "./commands/did/show.ts";
import { addKeyNew } from "./commands/key/new.ts";
import { addSignerNew, addSignerShow } from "./commands/key/signer.ts";
import { addNetworkDeploy } from "./commands/network/deploy.ts";
import { addRelay } from "./commands/network/relay.ts";
import { addNetworkRoles } from "./commands/network/roles.ts";
import { addNetworkShow } from "./commands/network/show.ts";
import { addStart } from "./commands/network/start.ts";
import { addAuditToken } from "./commands/node/audit-token.ts";
import { addBackup } from "./commands/node/backup.ts";
import { addDoctor } from "./commands/node/doctor.ts";
import { addDriver } from "./commands/node/driver.ts";
import { addNode } from "./commands/node/node.ts";
import { addRebuild } from "./commands/node/rebuild.ts";
import { addRestore } from "./commands/node/restore.ts";
import { addVerifyStore } from "./commands/node/verify-store.ts";
import { addStatusAllocate } from "./commands/status/allocate.ts";
import { addStatusChanges } from "./commands/status/change.ts";
import { addStatusCheckpoint, addStatusClose, addStatusCreate } from "./commands/status/create.ts";
import { addStatusShow } from "./commands/status/show.ts";
import { addTrustAccept, addTrustWithdraw } from "./commands/trust/accept.ts";
import { addTrustExtend } from "./commands/trust/extend.ts";
import { addTrustGrant, addTrustRoot } from "./commands/trust/grant.ts";
import { addTrustShow } from "./commands/trust/show.ts";
import { addTypeAdd } from "./commands/type/add.ts";
import { addTypeShow } from "./commands/type/show.ts";
import { REPOSITORY } from "./deploy/artifacts.ts";
import { CliError, EXIT, type ExitCode, exitCodeOf } from "./terminal/errors.ts";
import type { Terminal } from "./terminal/terminal.ts";

const HELP = `
Environment:
  MAPAE_NETWORK                 network descriptor, as --network
  MAPAE_RPC_URLS                URLs of the chain; the first one is used here
  MAPAE_KEYSTORE                encrypted JSON keystore of the account that signs, as --keystore
  MAPAE_KEYSTORE_PASSWORD_FILE  file with its password; or MAPAE_KEYSTORE_PASSWORD; else it is asked for
  MAPAE_SIGNER_PASSWORD_FILE    file with the password of keys that sign status lists or tokens; else it is asked for
  MAPAE_PRIVATE_KEY             private key in place of a keystore: for development
  MAPAE_GAS_PRICE               as --gas-price
  MAPAE_HOME                    folder of what npm start writes (default .mapae)
  MAPAE_DEBUG=1                 show where an error came from

Exit codes:
  0  done
  1  a fault of Mapae itself
  2  wrong usage, input or configuration
  3  the DID does not exist or is deactivated
  4  the chain or the node can't be asked, so that nothing is known
  5  refused by the contract, the chain, or the person asked; a credential that is not to be trusted

Examples:
  $ npm start                              a local network with demo DIDs, to try the rest on
  $ mapae resolve did:mapae:local:0x…      the DID document, straight from the chain
  $ mapae doctor                           is everything as it should be?`;

/** The command line as it is called. */
export async function main(args: readonly string[]): Promise<void> {
  const { env, stdin, stdout, stderr } = process;
  for (const stream of [stdout, stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      // Who reads has enough, as head does after some lines: what was begun is finished all the same.
      if (error.code !== "EPIPE") throw error;
    });
  }
  process.exitCode = await run(args, { env, stdin, stdout, stderr });
}

/**
 * Runs one command and tells the exit code. Errors are written to stderr: in words, or as JSON with `--json`; where they
 * came from only with MAPAE_DEBUG=1.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  try {
    await buildProgram(terminal, args.includes("--json")).parseAsync(args, { from: "user" });
    return EXIT.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.done; // --help, --version
    return report(asOurs(error), terminal, args.includes("--json"));
  }
}

function buildProgram(terminal: Terminal, json: boolean): Command {
  const program = new Command("mapae")
    .description(
      "did:mapae: deploy a network, write and resolve DIDs, accredit issuers, revoke credentials, run a node",
    )
    .version(version(), "--version")
    .option("--json", "answers as JSON on stdout, errors as JSON on stderr")
    .option("--network <file>", "network descriptor (default: MAPAE_NETWORK, else that of npm start)")
    .option("--rpc <url>", "the chain (default: the first of MAPAE_RPC_URLS, else http://127.0.0.1:8545)")
    .option("--keystore <file>", "encrypted JSON keystore of the account that signs (default: MAPAE_KEYSTORE)")
    .option("--relay <file>", "sign a request for somebody who pays, and append it to a file, in place of sending")
    .option("--gas-price <wei>", "send legacy transactions at this price; 0 on a chain with free gas")
    .addHelpText("after", HELP)
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      // Errors of usage are reported below, as every other; help that nobody asked for still goes here.
      writeErr: (text) => void (json || terminal.stderr.write(text)),
      outputError: () => {},
    });
  refusePrivateKeyFlag(program);

  const network = program.command("network").description("deploy and describe networks");
  addNetworkDeploy(network, terminal);
  addNetworkShow(network, terminal);
  addNetworkRoles(network, terminal);
  const did = program.command("did").description("write and show DIDs");
  addDidCreate(did, terminal);
  addDidAddKey(did, terminal);
  addDidAddService(did, terminal);
  addDidRevokeKey(did, terminal);
  addDidAddDelegate(did, terminal);
  addDidRevokeDelegate(did, terminal);
  addDidSetOwner(did, terminal);
  addDidDeactivate(did, terminal);
  addDidShow(did, terminal);
  const type = program.command("type").description("credential types");
  addTypeAdd(type, terminal);
  addTypeShow(type, terminal);
  const trust = program.command("trust").description("who may issue which credential type");
  addTrustRoot(trust, terminal);
  addTrustGrant(trust, terminal);
  addTrustAccept(trust, terminal);
  addTrustExtend(trust, terminal);
  addTrustWithdraw(trust, terminal);
  addTrustShow(trust, terminal);
  const status = program.command("status").description("status lists: revoke and suspend credentials");
  addStatusCreate(status, terminal);
  addStatusAllocate(status, terminal);
  addStatusChanges(status, terminal);
  addStatusClose(status, terminal);
  addStatusCheckpoint(status, terminal);
  addStatusShow(status, terminal);
  const signer = program.command("signer").description("keys that sign status lists");
  addSignerNew(signer, terminal);
  addSignerShow(signer, terminal);
  const audit = program.command("audit").description("ask a node who changed what, and when");
  addAuditToken(audit, terminal);
  const key = program.command("key").description("accounts that own DIDs");
  addKeyNew(key, terminal);
  addRelay(program, terminal);
  addResolve(program, terminal);
  addNode(program, terminal);
  addDriver(program, terminal);
  addBackup(program, terminal);
  addRestore(program, terminal);
  addRebuild(program, terminal);
  addVerify(program, terminal);
  addVerifyStore(program, terminal);
  addDoctor(program, terminal);
  addStart(program, terminal);
  return program;
}

/** Who types a key into a command line has shown it to the process list and to the shell's history. */
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

function asOurs(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error;
  const isHelp = error.code === "commander.help";
  return new CliError("USAGE", isHelp ? "A command is missing: see above" : error.message.replace(/^error: /, ""));
}

function report(error: unknown, { env, stderr }: Terminal, json: boolean): ExitCode {
  const exitCode = exitCodeOf(error);
  const code = error instanceof MapaeError ? error.code : "INTERNAL_ERROR";
  const message =
    error instanceof MapaeError
      ? error.message
      : `Something is wrong with Mapae itself (${error instanceof Error ? error.message : error}). MAPAE_DEBUG=1 shows where`;
  stderr.write(json ? `${JSON.stringify({ error: { code, message, exitCode } })}\n` : `Error: ${message}\n`);
  if (env.MAPAE_DEBUG === "1" && error instanceof Error) stderr.write(`${inspect(error)}\n`);
  return exitCode;
}

function version(): string {
  return (JSON.parse(readFileSync(join(REPOSITORY, "package.json"), "utf8")) as { version: string }).version;
}
