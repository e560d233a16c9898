import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";
import type { NodeState } from "../../node/runtime/status.ts";
import { endProcess } from "./ends.ts";
import type { Consortium, Member } from "./founding.ts";
import { freePorts } from "./free-ports.ts";
import { until } from "./until.ts";

/** A ministry's node: a process with the variables of its kit. */
export interface MinistryNode {
  readonly id: string;
  readonly url: string;
  /** All variables with which it runs. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Starts it, from the checkout of another version when its root is given. */
  start(root?: string): Promise<void>;
  /** Kills it without a shutdown, as a power cut does. */
  kill(): Promise<void>;
  /**
   * Requests a path and returns the answer as text, and as JSON if it is an object. Paths of `/audit/` go to the audit
   * listener.
   */
  get<T = unknown>(path: string, accept?: string): Promise<Got<T>>;
}

export interface Got<T> {
  readonly status: number;
  readonly text: string;
  readonly body: T;
}

type Founded = Pick<Consortium, "folder" | "members" | "signing">;

/** Nodes of the first `count` members, not started yet. */
export async function ministryNodes(consortium: Founded, count: number): Promise<MinistryNode[]> {
  const ports = await freePorts(2 * count);
  const urls = new Map(consortium.members.slice(0, count).map(({ id }, at) => [id, urlOf(ports[2 * at])]));
  const nodes: MinistryNode[] = [];
  for (const [at, member] of consortium.members.slice(0, count).entries()) {
    const own = {
      // The second ministry's node refuses early.
      ...(at === 1 && { MAPAE_REFUSE_AFTER: "12" }),
      // The first ministry's node also signs the lists of the agency.
      MAPAE_SIGNER_FILES: signerFiles(consortium, [`${member.id}.jwe`, ...(at === 0 ? ["lists.jwe"] : [])]),
    };
    nodes.push(await nodeFor(consortium, member, ports.slice(2 * at), urls, own));
  }
  return nodes;
}

/** The node of a member that joined later. It attests nothing, because the network descriptor does not list its operator. */
export async function joiningNode(
  consortium: Founded,
  member: Member,
  others: readonly MinistryNode[],
): Promise<MinistryNode> {
  const urls = new Map(others.map(({ id, url }) => [id, url]));
  return nodeFor(consortium, member, await freePorts(2), urls, {});
}

/**
 * A node with the variables of a kit, and further ones. Ports of this machine replace the addresses of the members'
 * machines.
 *
 * @param ports of the public and the audit listener.
 * @param urls of all nodes, by the ids of their members.
 */
async function nodeFor(
  { folder, members, signing }: Founded,
  member: Member,
  [port, auditPort]: readonly string[],
  urls: ReadonlyMap<string, string>,
  own: Readonly<Record<string, string>>,
): Promise<MinistryNode> {
  let variables = await readFile(join(member.kit, "node.env"), "utf8");
  variables = variables.replace("http://127.0.0.1:8545", member.server.url);
  for (const [other, one] of members.entries()) {
    variables = variables.replace(`http://127.0.0.${other + 2}:8545`, one.server.url);
    variables = variables.replace(`https://node.${one.id}.example`, urls.get(one.id) ?? "");
  }
  const lines = variables.split("\n").filter((line) => /^[A-Z]/.test(line));
  const given = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const env = {
    ...given,
    // Members without a node leave empty entries.
    MAPAE_PEERS: given.MAPAE_PEERS.split(",").filter(Boolean).join(","),
    MAPAE_PEER_CHECK_SECONDS: "1",
    MAPAE_NETWORK: join(folder, "network.json"),
    MAPAE_DATA_DIR: join(folder, "machines", member.id, "index"),
    MAPAE_HTTP_PORT: port,
    MAPAE_AUDIT_PORT: auditPort,
    MAPAE_METRICS_PORT: "off",
    MAPAE_STALE_AFTER: "8",
    ...own,
    ...signing,
  };
  return nodeOf(member.id, env, join(folder, `${member.id}.log`));
}

function signerFiles({ folder }: Founded, names: readonly string[]): string {
  return names.map((name) => join(folder, name)).join();
}

function urlOf(port: string | undefined): string {
  return `http://127.0.0.1:${port}`;
}

function nodeOf(id: string, env: MinistryNode["env"], log: string): MinistryNode {
  const [url, audit] = [urlOf(env.MAPAE_HTTP_PORT), urlOf(env.MAPAE_AUDIT_PORT)];
  let child: ChildProcess | undefined;
  return {
    id,
    url,
    env,
    async start(root = REPOSITORY) {
      const file = await open(log, "a");
      const args = [join(root, "cli", "mapae.mjs"), "node"];
      child = spawn(process.execPath, args, {
        env: { PATH: process.env.PATH, ...env },
        // The node ends when the IPC channel closes, and so with this process, even when that is killed.
        stdio: ["ignore", file.fd, file.fd, "ipc"],
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
      if (child !== undefined) await endProcess(child, "SIGKILL");
    },
    async get<T>(path: string, accept = "*/*") {
      const base = path.startsWith("/audit/") ? audit : url;
      const response = await fetch(`${base}${path}`, { headers: { accept } });
      const text = await response.text();
      return { status: response.status, text, body: (text.startsWith("{") ? JSON.parse(text) : undefined) as T };
    },
  };
}

/** Waits until a node is in a state and answers `/ready` with an HTTP status. */
export async function untilState(node: MinistryNode, kind: NodeState["kind"], status = 200): Promise<void> {
  let seen: unknown;
  await until(
    `the node of ${node.id} is ${kind}, with ${status}`,
    async () => {
      const got = await node.get<NodeState>("/ready");
      seen = got.body;
      return got.body.kind === kind && got.status === status;
    },
    () => seen,
  );
}

/** The answer of a node to a path, once it has status 200: on a busy machine a node may lag and refuse for a moment. */
export function answered<T>(node: MinistryNode, path: string): Promise<T> {
  let seen: unknown;
  return until(
    `the node of ${node.id} answers ${path}`,
    async () => {
      const { status, text, body } = await node.get<T>(path);
      seen = `${status} ${text}`;
      return status === 200 && body;
    },
    () => seen,
  ) as Promise<T>;
}
