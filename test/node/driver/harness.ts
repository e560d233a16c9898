import { Writable } from "node:stream";
import { pino } from "pino";
import type { DriverConfig } from "../../../node/driver/config.ts";
import { startDriver } from "../../../node/driver/main.ts";
import { type Clock, systemClock } from "../../../node/runtime/clock.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { deployRegistry } from "../../helpers/contracts.ts";
import { describeNetwork, inProcessRpc } from "../../helpers/network.ts";
import { startRpcServer } from "../../helpers/rpc-server.ts";
import type { TestAnswer } from "../http/harness.ts";

export interface TestDriver {
  readonly url: string;
  readonly port: number;
  /** Its log so far, a line each. */
  readonly log: Record<string, unknown>[];
  get(path: string, headers?: Record<string, string>): Promise<TestAnswer>;
}

export interface TestDriverOptions extends Partial<Omit<DriverConfig, "network" | "secrets">> {
  readonly network: NetworkDescriptor;
  readonly nodeUrls?: readonly string[];
  readonly rpcUrls?: readonly string[];
  /** Unix seconds; the system's clock unless given. */
  readonly now?: number;
}

/** A driver on any free port; it stops after the test, or after the file when given the `after` of node:test. */
export async function startTestDriver(
  t: { after(stop: () => Promise<void>): void },
  options: TestDriverOptions,
): Promise<TestDriver> {
  const { nodeUrls = [], rpcUrls = [], now, ...config } = options;
  const log: Record<string, unknown>[] = [];
  const lines = new Writable({
    write(line, _encoding, done) {
      log.push(JSON.parse(String(line)));
      done();
    },
  });
  const clock: Clock = now === undefined ? systemClock : { ...systemClock, now: () => now };
  const { url, stop } = await startDriver(
    {
      agreement: 1,
      answers: "universal-resolver",
      httpHost: "127.0.0.1",
      httpPort: 0,
      trustedProxies: [],
      testIdentifiers: [],
      logLevel: "info",
      ...config,
      secrets: { nodeUrls, rpcUrls },
    },
    { logger: pino({ level: "info" }, lines), clock },
  );
  t.after(stop);
  return {
    url,
    port: Number(new URL(url).port),
    log,
    async get(path, headers = {}) {
      const response = await fetch(`${url}${path}`, { headers, redirect: "manual" });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
  };
}

/** The error of a result. */
export function errorOf({ text }: TestAnswer): Record<string, unknown> {
  return JSON.parse(text).didResolutionMetadata.error;
}

/** A DID registry on a chain behind an RPC server, and a driver that asks that one. */
export async function startDrivenRegistry(t: { after(stop: () => Promise<void>): void }) {
  const deployment = await deployRegistry();
  const network = await describeNetwork(deployment);
  const server = await startRpcServer(inProcessRpc(deployment));
  t.after(() => server[Symbol.asyncDispose]());
  return { deployment, network, server, driver: await startTestDriver(t, { network, rpcUrls: [server.url] }) };
}
