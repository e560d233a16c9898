import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { developmentAccount } from "../../../cli/local/accounts.ts";
import { answerOf, errorOf, mapae, startChain, temporaryFolder } from "../harness.ts";

export const DEPLOYER = 0;
export const COUNCIL = [1, 2, 3] as const;
export const GUARDIAN = [4, 5, 6] as const;
export const ANYBODY = 8;
export const DELAY = 20;

export const address = (account: number) => developmentAccount(account).address;
export const body = (accounts: readonly number[], threshold: number) => ({ threshold, owners: accounts.map(address) });
export const BODIES = { council: body(COUNCIL, 2), guardian: body(GUARDIAN, 2), delay: DELAY, rehearsal: true };
export const VALIDITY = ["--not-before", "2026-01-01", "--not-after", "2031-01-01"];
export const type = (name: string) => {
  const hash = `0x${"12".repeat(32)}`;
  return ["type", "add", "--uri", `urn:x:${name}`, "--schema-uri", "urn:x:schema", "--schema-hash", hash];
};

export interface Act {
  readonly state: string;
  readonly operation: string;
  readonly proposal: { to: string; data: string };
  readonly grantId?: string;
}
export interface Signed {
  readonly hash: string;
  readonly safe: string;
  readonly nonce: number;
  readonly words: readonly string[];
  readonly signed: readonly string[];
}

/** A chain, and the two bodies as `mapae council found` makes them. */
export async function setUp(t: { after(end: () => Promise<void>): unknown }) {
  const folder = await temporaryFolder(t);
  const chain = await startChain();
  t.after(() => chain.stop());
  const path = (name: string) => join(folder, name);
  const env = { MAPAE_RPC_URLS: chain.url, MAPAE_NETWORK: path("network.json") };
  const as = (account: number) => ({ ...env, MAPAE_PRIVATE_KEY: developmentAccount(account).privateKey });
  const write = async (name: string, value: unknown) => {
    await writeFile(path(name), JSON.stringify(value));
    return path(name);
  };
  const found = async (bodies: unknown, by = DEPLOYER, url = chain.url) =>
    mapae(["council", "found", await write("bodies.json", bodies), "--out", path("council.json"), "--json"], {
      ...as(by),
      MAPAE_RPC_URLS: url,
    });
  return { chain, path, env, as, write, found };
}

/** A network that two bodies govern, founded and deployed by the command line alone. */
export async function govern(t: { after(end: () => Promise<void>): unknown }) {
  const ground = await setUp(t);
  const { path, as, write, found, chain } = ground;
  assert.equal((await found(BODIES)).code, 0);
  const consensus = await write("consensus.json", { kind: "qbft", validators: [address(9)] });
  const deploy = [
    "network",
    "deploy",
    "--label",
    "gov",
    "--governance",
    path("council.json"),
    "--consensus",
    consensus,
  ];
  const deployed = await mapae([...deploy, "--out", path("network.json")], as(DEPLOYER));
  assert.equal(deployed.code, 0, deployed.stderr);
  const anybody = <T = Act>(...args: string[]) => answerOf<T>(args, as(ANYBODY));
  const propose = async (name: string, ...args: string[]) => {
    const answer = await anybody(...args);
    await write(name, answer);
    return answer;
  };
  const sign = (name: string, account: number, ...args: string[]) =>
    answerOf<Signed>(["council", "sign", path(name), "--yes", ...args], as(account));
  const refused = async (account: number, ...args: string[]) => errorOf(await mapae([...args, "--json"], as(account)));
  const wait = async (seconds: number) => {
    await chain.rpc("evm_increaseTime", [seconds]);
    await chain.rpc("evm_mine");
  };
  const bodies = JSON.parse(await readFile(path("council.json"), "utf8"));
  return { ...ground, deployed, anybody, propose, sign, refused, wait, bodies };
}
