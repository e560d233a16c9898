import type { Command } from "commander";
import type { AddCommand } from "../terminal/call.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A command of `mapae`, or a group of commands: its text in the help, and its module. */
interface LazyCommand {
  /** Its name and arguments. */
  readonly usage: string;
  readonly description: string;
  /** Loads the function that adds its options and action, or the commands of the group. */
  readonly load: () => Promise<AddCommand>;
}

/**
 * In the order of the help. A command is loaded only when it is called: loading all of them takes longer than most commands
 * run.
 */
const COMMANDS: readonly LazyCommand[] = [
  {
    usage: "network",
    description: "found, deploy and describe networks",
    load: async () => (await import("./network/index.ts")).add,
  },
  {
    usage: "relay <file>",
    description: "send requests that others signed with --relay <file>, and pay for them",
    load: async () => (await import("./network/relay.ts")).addRelay,
  },
  {
    usage: "start",
    description: "a local network with demo DIDs: a chain, the contracts and a node (npm start)",
    load: async () => (await import("./network/start.ts")).addStart,
  },
  {
    usage: "council",
    description: "governance: the accounts of the council and the guardian, and their proposals",
    load: async () => (await import("./council/index.ts")).add,
  },
  {
    usage: "validators",
    description: "examine the validators of the chain",
    load: async () => (await import("./validators/validators.ts")).addValidators,
  },
  { usage: "did", description: "write and show DIDs", load: async () => (await import("./did/index.ts")).add },
  {
    usage: "resolve <did>",
    description: "resolve a DID straight from the chain, without a node",
    load: async () => (await import("./did/resolve.ts")).addResolve,
  },
  { usage: "type", description: "credential types", load: async () => (await import("./type/index.ts")).add },
  {
    usage: "trust",
    description: "who may issue which credential type",
    load: async () => (await import("./trust/index.ts")).add,
  },
  {
    usage: "status",
    description: "status lists: revoke and suspend credentials",
    load: async () => (await import("./status/index.ts")).add,
  },
  { usage: "key", description: "accounts that own DIDs", load: async () => (await import("./key/index.ts")).addKey },
  {
    usage: "signer",
    description: "keys that sign status lists, and blocks",
    load: async () => (await import("./key/index.ts")).addSigner,
  },
  {
    usage: "verify <credential>",
    description: "verify a credential: a file, - for stdin, or the text of an SD-JWT VC or VC-JWT",
    load: async () => (await import("./credential/verify.ts")).addVerify,
  },
  {
    usage: "bundle",
    description: "bundles: what a gate needs to decide without a network, in one file",
    load: async () => (await import("./bundle/index.ts")).add,
  },
  {
    usage: "gate",
    description: "decide about credentials without a network, by bundles: on standard input, or over HTTP on loopback",
    load: async () => (await import("./gate/index.ts")).addGate,
  },
  {
    usage: "node",
    description: "run a node: follow the chain and serve DID documents over HTTP",
    load: async () => (await import("./node/node.ts")).addNode,
  },
  {
    usage: "driver",
    description: "run a driver of the Universal Resolver: DIDs over HTTP, from nodes or straight from the chain",
    load: async () => (await import("./node/driver.ts")).addDriver,
  },
  {
    usage: "doctor [dids...]",
    description: "check an installation: chains, descriptor, clock, ports, disk, keys, council, owners of DIDs",
    load: async () => (await import("./node/doctor.ts")).addDoctor,
  },
  {
    usage: "backup <file>",
    description: "write a backup of a node's index, whether the node runs or not",
    load: async () => (await import("./node/backup.ts")).addBackup,
  },
  {
    usage: "restore <file>",
    description: "make a node's index from a backup, in an empty data directory",
    load: async () => (await import("./node/restore.ts")).addRestore,
  },
  {
    usage: "rebuild",
    description: "remove the index of a stopped node, and read it from the chain again",
    load: async () => (await import("./node/rebuild.ts")).addRebuild,
  },
  {
    usage: "verify-store",
    description: "compare a node's index with its own history and with the chain, whether the node runs or not",
    load: async () => (await import("./node/verify-store.ts")).addVerifyStore,
  },
  {
    usage: "audit",
    description: "make tokens for auditors, who ask a node who changed what, and when",
    load: async () => (await import("./node/audit-token.ts")).addAuditToken,
  },
];

/**
 * Adds all commands to the program. Only those that the arguments name are loaded; the others have just their text in the help.
 */
export async function addCommands(program: Command, terminal: Terminal, args: readonly string[]): Promise<void> {
  for (const { usage, description, load } of COMMANDS) {
    const command = program.command(usage).description(description);
    if (args.includes(command.name())) (await load())(command, terminal);
  }
}
