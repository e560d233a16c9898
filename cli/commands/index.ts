import type { Command } from "commander";
import type { AddCommand } from "../terminal/call.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** A command of `mapae`, or a group of commands: its text in the help, and its module. */
interface LazyCommand {
  /** Its name and arguments. */
  readonly usage: string;
  readonly description: string;
  /** Loads the module whose `add` adds its options and action, or the commands of the group. */
  readonly load: () => Promise<{ readonly add: AddCommand }>;
}

/**
 * In the order of the help. A command is loaded only when it is called: loading all of them takes longer than most commands
 * run.
 */
const COMMANDS: readonly LazyCommand[] = [
  {
    usage: "network",
    description: "found, deploy and describe networks",
    load: () => import("./network/index.ts"),
  },
  {
    usage: "relay <file>",
    description: "send requests that others signed with --relay <file>, and pay for them",
    load: () => import("./network/relay.ts"),
  },
  {
    usage: "start",
    description: "a local network with demo DIDs: a chain, the contracts and a node (npm start)",
    load: () => import("./network/start.ts"),
  },
  {
    usage: "council",
    description: "governance: the accounts of the council and the guardian, and their proposals",
    load: () => import("./council/index.ts"),
  },
  {
    usage: "validators",
    description: "examine the validators of the chain",
    load: () => import("./validators/validators.ts"),
  },
  { usage: "did", description: "write and show DIDs", load: () => import("./did/index.ts") },
  {
    usage: "resolve <did>",
    description: "resolve a DID straight from the chain, without a node",
    load: () => import("./did/resolve.ts"),
  },
  { usage: "type", description: "credential types", load: () => import("./type/index.ts") },
  {
    usage: "trust",
    description: "who may issue which credential type",
    load: () => import("./trust/index.ts"),
  },
  {
    usage: "status",
    description: "status lists: revoke and suspend credentials",
    load: () => import("./status/index.ts"),
  },
  { usage: "key", description: "accounts that own DIDs", load: () => import("./key/index.ts") },
  {
    usage: "signer",
    description: "keys that sign status lists, and blocks",
    load: () => import("./signer/index.ts"),
  },
  {
    usage: "verify <credential>",
    description: "verify a credential: a file, - for stdin, or the text of an SD-JWT VC or VC-JWT",
    load: () => import("./credential/verify.ts"),
  },
  {
    usage: "bundle",
    description: "bundles: what a gate needs to decide without a network, in one file",
    load: () => import("./bundle/index.ts"),
  },
  {
    usage: "gate",
    description: "decide about credentials without a network, by bundles: on standard input, or over HTTP on loopback",
    load: () => import("./gate/index.ts"),
  },
  {
    usage: "node",
    description: "run a node: follow the chain and serve DID documents over HTTP",
    load: () => import("./node/node.ts"),
  },
  {
    usage: "driver",
    description: "run a driver of the Universal Resolver: DIDs over HTTP, from nodes or straight from the chain",
    load: () => import("./node/driver.ts"),
  },
  {
    usage: "doctor [dids...]",
    description: "check an installation: chains, descriptor, clock, ports, disk, keys, council, owners of DIDs",
    load: () => import("./node/doctor.ts"),
  },
  {
    usage: "backup <file>",
    description: "write a backup of a node's index, whether the node runs or not",
    load: () => import("./node/backup.ts"),
  },
  {
    usage: "restore <file>",
    description: "make a node's index from a backup, in an empty data directory",
    load: () => import("./node/restore.ts"),
  },
  {
    usage: "rebuild",
    description: "remove the index of a stopped node, and read it from the chain again",
    load: () => import("./node/rebuild.ts"),
  },
  {
    usage: "verify-store",
    description: "compare a node's index with its own history and with the chain, whether the node runs or not",
    load: () => import("./node/verify-store.ts"),
  },
  {
    usage: "audit",
    description: "make tokens for auditors, who ask a node who changed what, and when",
    load: () => import("./node/audit-token.ts"),
  },
];

/**
 * Adds all commands to the program. Only those that the arguments name are loaded; the others have just their text in the help.
 */
export async function addCommands(program: Command, terminal: Terminal, args: readonly string[]): Promise<void> {
  for (const { usage, description, load } of COMMANDS) {
    const command = program.command(usage).description(description);
    if (args.includes(command.name())) (await load()).add(command, terminal);
  }
}
