import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { REPOSITORY } from "../../cli/files/repository.ts";
import { developmentAccount } from "../../cli/local/accounts.ts";
import { answerOf, errorOf, mapae, type Outcome } from "../../scripts/rehearsal/command.ts";
import { endProcess, endsOf } from "../../scripts/rehearsal/ends.ts";
import { freePorts } from "../../scripts/rehearsal/free-ports.ts";

export { answerOf, endsOf, errorOf, freePorts, mapae, type Outcome, REPOSITORY };

/** The chain of `npm start`, in a process of its own on any free port. */
export interface ChainProcess {
  readonly url: string;
  readonly process: ChildProcess;
  /** Calls its JSON-RPC; fails the test when the chain answers with an error. */
  rpc(method: string, params?: unknown[]): Promise<unknown>;
  stop(): Promise<void>;
}

export async function startChain(): Promise<ChainProcess> {
  const child = spawn(process.execPath, [join(REPOSITORY, "scripts", "chain.ts")], {
    env: { ...process.env, MAPAE_CHAIN_PORT: "0" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [message] = await once(child, "message");
  const url = `http://127.0.0.1:${message.port}`;
  return {
    url,
    process: child,
    async rpc(method, params = []) {
      const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
      const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
      const answer = (await response.json()) as { result?: unknown; error?: unknown };
      assert.equal(answer.error, undefined);
      return answer.result;
    },
    stop: () => endProcess(child, "SIGTERM"),
  };
}

/**
 * A folder that is gone after the test. What uses it until then, such as a node, is ended with {@link endsOf}, which comes before
 * the folder's end: hooks of `after` come later.
 */
export async function temporaryFolder(test: { after(end: () => Promise<void>): unknown }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "mapae-test-"));
  // A process that was killed may still write into it.
  endsOf(test)(() => rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));
  return folder;
}

/** A local network on a chain of its own, and the environment in which the command line uses it. */
export interface CliNetwork {
  readonly chain: ChainProcess;
  readonly env: Record<string, string | undefined>;
  /** The environment of one of Hardhat's accounts, which signs. */
  as(account: number): Record<string, string | undefined>;
  /** The DID of one of Hardhat's accounts. */
  did(account: number): string;
}

export async function startNetwork(folder: string): Promise<CliNetwork> {
  const chain = await startChain();
  const file = join(folder, "network.json");
  const env = { MAPAE_RPC_URLS: chain.url, MAPAE_NETWORK: file };
  const as = (account: number) => ({ ...env, MAPAE_PRIVATE_KEY: developmentAccount(account).privateKey });
  await answerOf(["network", "deploy", "--label", "local", "--out", file], as(0));
  return { chain, env, as, did: (account) => `did:mapae:local:${developmentAccount(account).address}` };
}
