import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before } from "node:test";
import { answerOf, type CliNetwork, errorOf, mapae, startNetwork } from "../harness.ts";

/** The type of the story. */
export const URI = "https://types.example/official-id/v1";
/** Accounts of the local chain by their parts in it. */
export const [COUNCIL, MINISTRY, ISSUER, DELEGATE, STRANGER] = [0, 1, 2, 3, 4] as const;
const KEY = JSON.stringify({
  kty: "EC",
  crv: "P-256",
  x: "aAALuC1ngMlgbt02pG9PuBl2-0vIgaPmczMbtPHrGiI",
  y: "ke1FpYLOtTB97YcmkFI_wAAZ71xFVS5lA8b523qj5Fk",
});

/** A network of a test file, with a ministry and an issuer that have keys. */
export interface Story {
  readonly folder: string;
  readonly network: CliNetwork;
  /** The answer to a command of an account. */
  as<T>(account: number, ...args: string[]): Promise<T>;
  /** The error of a command that is refused. */
  refused(account: number, ...args: string[]): Promise<ReturnType<typeof errorOf>>;
}

/** Starts it before a file's tests, and ends it after them. */
export function startStory(): Story {
  let folder: string;
  let network: CliNetwork;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "mapae-test-"));
    network = await startNetwork(folder);
    for (const account of [MINISTRY, ISSUER]) {
      await answerOf(["did", "create", "--key", `assertion=${KEY}`], network.as(account));
    }
  });
  after(async () => {
    await network.chain.stop();
    await rm(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    get network() {
      return network;
    },
    as: (account, ...args) => answerOf(args, network.as(account)),
    refused: async (account, ...args) => errorOf(await mapae([...args, "--json"], network.as(account))),
  };
}
