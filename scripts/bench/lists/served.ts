import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { startLocalNetwork } from "../../../cli/local/local-network.ts";
import { run } from "../../../cli/main.ts";
import { output, type Terminal } from "../../../cli/terminal/terminal.ts";
import { readTokenList, statusAt } from "../../../resolver/index.ts";
import { startBareServer } from "../serving/bare.ts";
import type { Row } from "../measuring/row.ts";
import { compareServers, each, UNDER_LOAD } from "../serving/compare.ts";
import { freePort, outerEnvironment, until } from "../stage/chain-and-node.ts";

/** The demo issuer that has the list. */
const ISSUER = developmentAccount(2);
/** One of 100 credentials of the list is revoked. */
const SIZE = 131_072;
const REVOKED = Array.from({ length: 1_310 }, (_, at) => (at * 48_271 + 5) % SIZE);

/** Answers of a round. */
const REQUESTS = 60_000;

/** Revocations of one credential each, one after the other. */
const ONE_BY_ONE = 100;
/** From a block to a token that has it. */
const SERVED_WITHIN_MS = 5_000;

/** A list that is signed already, from the node of `npm start`, against as many bytes from bare `node:http`. */
export async function servedListRows(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-bench-"));
  const terminal: Terminal = {
    stdin: new PassThrough(),
    stdout: new PassThrough().resume(),
    stderr: new PassThrough().resume(),
    env: {
      ...outerEnvironment(),
      MAPAE_HOME: folder,
      MAPAE_CHAIN_PORT: String(await freePort()),
      MAPAE_HTTP_PORT: String(await freePort()),
    },
  };
  const { signal } = new AbortController();
  const network = await startLocalNetwork({ terminal, out: output(terminal, true), signal });
  try {
    const list = network.trust.lists.find(({ issuer }) => issuer.endsWith(ISSUER.address));
    if (list === undefined) throw new Error(`The demo has no list of ${ISSUER.address}`);
    await writeFile(join(folder, "revoked.json"), JSON.stringify(REVOKED));
    const to = ["--network", network.files.network, "--rpc", network.chainUrl];
    const revoke = async (...which: string[]) => {
      const args = [...to, "status", "revoke", list.issuer, "0", ...which];
      const code = await run(args, { ...terminal, env: { ...terminal.env, MAPAE_PRIVATE_KEY: ISSUER.privateKey } });
      if (code !== 0) throw new Error(`mapae ${args.join(" ")} ended with ${code}`);
    };
    const late = await revokedToServed(list.uri, (index) => revoke("--index", String(index)));
    const before = await lengthOf(list.uri);
    await revoke("--file", join(folder, "revoked.json"));
    const bytes = await until("the list to change", async () => {
      const length = await lengthOf(list.uri);
      if (length === before) throw new Error("it is what it was");
      return length;
    });
    const bare = await startBareServer(bytes, { like: (await fetch(list.uri)).headers });
    const paths = () => new Array<string>(REQUESTS).fill(new URL(list.uri).pathname);
    const node = { url: new URL(list.uri).origin, pid: network.node.process.pid as number };
    const served = await compareServers(node, bare, paths);
    bare.stop();
    return [
      {
        topic: "list: revoke to served token",
        size: `the slowest of ${ONE_BY_ONE} revocations`,
        peer: "a limit of ours",
        ours: Math.max(...late),
        theirs: SERVED_WITHIN_MS,
        unit: "ms",
        goal: 1,
      },
      {
        topic: "list: serve, signed already, CPU",
        size: `131,072 entries, 1 % set, ${Math.round(bytes / 1_000)} kB, ${UNDER_LOAD}`,
        peer: "bare node:http, same headers and bytes",
        ...each(served),
        unit: "us",
        goal: 1 / 0.85,
      },
    ];
  } finally {
    await network.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Milliseconds from each revocation's command to a token that has it. */
async function revokedToServed(uri: string, revoke: (index: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < ONE_BY_ONE; index++) {
    const from = performance.now();
    await revoke(index);
    await until("the revocation to be served", async () => {
      const [, payload = ""] = (await (await fetch(uri)).text()).split(".");
      const { status_list } = JSON.parse(Buffer.from(payload, "base64url").toString());
      const list = await readTokenList(status_list.bits, status_list.lst, SIZE);
      if (statusAt(list, index) !== 1) throw new Error("not yet");
    });
    times.push(performance.now() - from);
  }
  return times;
}

async function lengthOf(uri: string): Promise<number> {
  return (await (await fetch(uri)).arrayBuffer()).byteLength;
}
