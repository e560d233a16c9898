import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Child, startChild } from "../../../cli/local/child.ts";
import { ready } from "../../../cli/local/ready.ts";
import type { ExampleConfig } from "../../../examples/mobile-id/shared/config.ts";
import { until } from "../../../scripts/rehearsal/until.ts";
import { answerOf, freePorts, REPOSITORY, temporaryFolder } from "../../cli/harness.ts";
import { Clock } from "./clock.ts";
import { startNetwork, startParts } from "./parts.ts";

type After = { after(end: () => Promise<unknown>): void };
type Env = Readonly<Record<string, string>>;

/** A node that a test starts and kills. */
export interface House {
  readonly url: string;
  /** Kills it without a shutdown. */
  burn(): Promise<void>;
}

/**
 * The network of `npm start` in three houses: a node of the issuer's with its keys, one of the consortium's with the operator's key,
 * which the sites and the gate ask, and a second site of the issuer's with a key of its own. All take their time from one clock.
 */
export async function startHouses(t: After) {
  const clock = await Clock.in(await temporaryFolder(t));
  const { local, file, config: written } = await startNetwork(t);
  const variables = await endWholeNode(join(local, "index"));
  const [consortiumPort = "", secondPort = ""] = await freePorts(2);
  const urlOf = (port: string) => `http://127.0.0.1:${port}`;
  const config: ExampleConfig = { ...written, nodes: [urlOf(consortiumPort)] };
  await writeFile(file, JSON.stringify(config));

  const run = async (name: string, port: string, env: Env): Promise<House> => {
    const own = { MAPAE_DATA_DIR: join(local, name), MAPAE_HTTP_PORT: port, ...env };
    const args = [join(REPOSITORY, "cli", "mapae.mjs"), "node"];
    const child = startChild({ args, env: { ...process.env, ...variables, ...own }, log: join(local, `${name}.log`) });
    t.after(() => child.stop());
    await ready(child, urlOf(port), new AbortController().signal);
    return { url: urlOf(port), burn: () => burn(child) };
  };
  const keys = (variables.MAPAE_SIGNER_FILES ?? "").split(",");
  const operator = keys.filter((key) => key.endsWith("operator.jwe"));
  const peers = [written.nodes[0], urlOf(secondPort)].join(",");
  const house = await run("house", variables.MAPAE_HTTP_PORT ?? "", {
    MAPAE_SIGNER_FILES: keys.filter((key) => !operator.includes(key)).join(","),
  });
  const consortium = await run("consortium", consortiumPort, {
    MAPAE_SIGNER_FILES: operator.join(","),
    MAPAE_PEERS: peers,
  });
  const secondKey = await publishKey(config, join(local, "second.jwe"));
  const second = () => run("second", secondPort, { MAPAE_SIGNER_FILES: secondKey });

  const { issuer } = await startParts(t, { file, config, programs: ["issuer", "approval", "gate"] });
  const pass = async (hours: number) => {
    await clock.pass(hours * 3_600, config.chain);
    await until("the consortium's node is ready", () => isReady(consortium.url));
  };
  return { config, house, second, pass, burnIssuer: () => burn(issuer) };
}

/** Kills the one node of the network, which holds all keys. @returns the variables that it ran with. */
async function endWholeNode(data: string): Promise<Env> {
  for (const id of (await readdir("/proc")).filter((name) => /^[0-9]+$/.test(name))) {
    const environment = await readFile(`/proc/${id}/environ`, "utf8").catch(() => ""); // ended meanwhile, or another's
    const pairs = environment.split("\0").map((pair) => /^([^=]+)=(.*)$/s.exec(pair)?.slice(1) ?? []);
    const env = Object.fromEntries(pairs.filter(([name]) => name?.startsWith("MAPAE_"))) as Record<string, string>;
    if (env.MAPAE_DATA_DIR !== data) continue;
    process.kill(Number(id), "SIGKILL");
    await until("its node is gone", () => fetch(`http://127.0.0.1:${env.MAPAE_HTTP_PORT}/health`).then(no, yes));
    return env;
  }
  return assert.fail("the local network has no node");
}

const [no, yes] = [() => false, () => true];
const isReady = (node: string) => fetch(`${node}/ready`).then(({ status }) => status === 200, no);

async function burn({ process: child }: Child): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Makes a key of the issuer for its second site, and publishes it: only the second site has the file. */
async function publishKey({ issuers, network, chain, password }: ExampleConfig, file: string): Promise<string> {
  const { did, keystore } = issuers["official-id"] ?? assert.fail();
  const env = {
    MAPAE_NETWORK: network,
    MAPAE_RPC_URLS: chain,
    MAPAE_KEYSTORE: keystore,
    MAPAE_KEYSTORE_PASSWORD_FILE: password,
    MAPAE_SIGNER_PASSWORD_FILE: password,
  };
  await answerOf(["signer", "new", file, "--issuer", did], env);
  const { jwk } = await answerOf<{ jwk: object }>(["signer", "show", file], env);
  const publish = ["did", "add-key", did, "--purpose", "assertion", "--jwk", JSON.stringify(jwk)];
  await answerOf([...publish, "--valid-for", "400d"], env);
  return file;
}
