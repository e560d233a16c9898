import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { run } from "../../../cli/main.ts";
import { readTokenList, statusAt } from "../../../resolver/index.ts";
import { until } from "../../rehearsal/until.ts";
import type { Row } from "../measuring/row.ts";
import { startBareServer } from "../serving/bare.ts";
import { compareServers, each, UNDER_LOAD } from "../serving/compare.ts";
import type { Sizes } from "../sizes.ts";
import { openLocalNetwork } from "../stage/local-network.ts";

/** The demo issuer whose list is measured. */
const ISSUER = developmentAccount(2);
/** Number of entries of the list, of which about 1 % are revoked. */
const SIZE = 131_072;
const REVOKED = Array.from({ length: 1_310 }, (_, at) => (at * 48_271 + 5) % SIZE);

/** Maximum milliseconds from a revocation until the node serves a token that contains it. */
const SERVED_WITHIN_MS = 5_000;

/**
 * Measures serving a signed list by the node of `npm start`, against the same number of bytes from bare `node:http`; and the
 * time until a revocation is served.
 */
export async function servedListRows({ oneByOne, requests, requestRounds }: Sizes["lists"]): Promise<Row[]> {
  await using local = await openLocalNetwork();
  const { network, terminal, folder } = local;
  const list = network.trust.lists.find(({ issuer }) => issuer.endsWith(ISSUER.address));
  if (list === undefined) throw new Error(`The demo has no list of ${ISSUER.address}`);
  await writeFile(join(folder, "revoked.json"), JSON.stringify(REVOKED));
  const to = ["--network", network.files.network, "--rpc", network.chainUrl];
  const revoke = async (...which: string[]) => {
    const args = [...to, "status", "revoke", list.issuer, "0", ...which];
    const code = await run(args, { ...terminal, env: { ...terminal.env, MAPAE_PRIVATE_KEY: ISSUER.privateKey } });
    if (code !== 0) throw new Error(`mapae ${args.join(" ")} ended with ${code}`);
  };
  const late = await revokedToServed(list.uri, oneByOne, (index) => revoke("--index", String(index)));
  const before = await lengthOf(list.uri);
  await revoke("--file", join(folder, "revoked.json"));
  const bytes = await until("the list changes", async () => {
    const length = await lengthOf(list.uri);
    return length !== before && length;
  });
  await using bare = await startBareServer(bytes, { like: (await fetch(list.uri)).headers });
  const paths = () => new Array<string>(requests).fill(new URL(list.uri).pathname);
  const node = { url: new URL(list.uri).origin, pid: network.node.process.pid as number };
  const served = await compareServers(node, bare, { paths, rounds: requestRounds });
  return [
    {
      topic: "list: revoke to served token",
      size: `the slowest of ${oneByOne} revocations`,
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
}

/** Milliseconds from the start of each revocation's command until the node serves a token with the revocation. */
async function revokedToServed(
  uri: string,
  count: number,
  revoke: (index: number) => Promise<void>,
): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const from = performance.now();
    await revoke(index);
    await until("the revocation is served", async () => {
      const [, payload = ""] = (await (await fetch(uri)).text()).split(".");
      const { status_list } = JSON.parse(Buffer.from(payload, "base64url").toString());
      return statusAt(await readTokenList(status_list.bits, status_list.lst, SIZE), index) === 1;
    });
    times.push(performance.now() - from);
  }
  return times;
}

async function lengthOf(uri: string): Promise<number> {
  return (await (await fetch(uri)).arrayBuffer()).byteLength;
}
