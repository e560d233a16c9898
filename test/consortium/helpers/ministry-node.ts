import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../../../cli/files/repository.ts";
import type { NodeState } from "../../../node/runtime/status.ts";
import { until } from "../../chain/helpers/until.ts";
import type { Consortium, Member } from "./founding.ts";

/** A ministry's node: a process with the variables that its kit has. */
export interface MinistryNode {
  readonly id: string;
  readonly url: string;
  /** All variables that it runs with. */
  readonly env: Readonly<Record<string, string | undefined>>;
  start(): Promise<void>;
  /** Ends it at once, as a power cut does. */
  kill(): Promise<void>;
  /** Status and body of an answer. */
  get<T = unknown>(path: string): Promise<{ readonly status: number; readonly body: T; readonly text: string }>;
}

/** A node of each of some members, not started yet. Where machines have addresses of their own, here are ports of this one. */
export async function ministryNodes(
  { folder, members, signing }: Consortium,
  ports: readonly string[],
): Promise<MinistryNode[]> {
  const urlOf = (member: Member) => {
    const port = ports[members.indexOf(member)];
    return port === undefined ? undefined : `http://127.0.0.1:${port}`;
  };
  const nodes: MinistryNode[] = [];
  for (const [at, member] of members.entries()) {
    const port = ports[at];
    if (port === undefined) continue;
    let variables = await readFile(join(member.kit, "node.env"), "utf8");
    variables = variables.replace("http://127.0.0.1:8545", member.server.url);
    for (const [other, one] of members.entries()) {
      variables = variables.replace(`http://127.0.0.${other + 2}:8545`, one.server.url);
      variables = variables.replace(`https://node.${one.id}.example`, urlOf(one) ?? "");
    }
    const lines = variables.split("\n").filter((line) => /^[A-Z]/.test(line));
    const given = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
    const env = {
      ...given,
      // A member that runs no node is nobody's peer.
      MAPAE_PEERS: given.MAPAE_PEERS.split(",").filter(Boolean).join(","),
      MAPAE_PEER_CHECK_SECONDS: "1",
      MAPAE_NETWORK: join(folder, "network.json"),
      MAPAE_DATA_DIR: join(folder, "machines", member.id, "index"),
      MAPAE_HTTP_PORT: port,
      MAPAE_METRICS_PORT: "off",
      MAPAE_STALE_AFTER: "8",
      MAPAE_SIGNER_FILES: join(folder, `${member.id}.jwe`),
      ...signing,
    };
    nodes.push(nodeOf(member.id, `http://127.0.0.1:${port}`, env, join(folder, `${member.id}.log`)));
  }
  return nodes;
}

function nodeOf(id: string, url: string, env: MinistryNode["env"], log: string): MinistryNode {
  let child: ChildProcess | undefined;
  return {
    id,
    url,
    env,
    async start() {
      const file = await open(log, "a");
      const args = [join(REPOSITORY, "cli", "mapae.mjs"), "node"];
      child = spawn(process.execPath, args, {
        env: { PATH: process.env.PATH, ...env },
        stdio: ["ignore", file.fd, file.fd],
      });
      const started = child;
      await file.close();
      await until(`the node of ${id} listens`, async () => {
        if (started.exitCode !== null)
          throw new Error(`The node of ${id} ended:\n${(await readFile(log, "utf8")).slice(-4_000)}`);
        return fetch(`${url}/health`).then(Boolean, () => false);
      });
    },
    async kill() {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    async get<T>(path: string) {
      const response = await fetch(`${url}${path}`);
      const text = await response.text();
      return { status: response.status, body: JSON.parse(text) as T, text };
    },
  };
}

/** Waits until a node is in a state. */
export async function untilState(node: MinistryNode, kind: NodeState["kind"]): Promise<void> {
  let seen: unknown;
  await until(
    `the node of ${node.id} is ${kind}`,
    async () => {
      const { body } = await node.get<NodeState>("/ready");
      seen = body;
      return body.kind === kind;
    },
    () => seen,
  );
}
