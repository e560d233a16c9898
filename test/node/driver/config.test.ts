import assert from "node:assert/strict";
import { test } from "node:test";
import { DRIVER_VARIABLES } from "../../../node/config/variable-names.ts";
import { driverVariables, loadDriverConfig } from "../../../node/driver/config.ts";
import { parseDid } from "../../../resolver/did/did.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { descriptorFile, problemsOf } from "../../helpers/config.ts";

const local = new ChainSimulator().network();

const problems = (env: Record<string, string | undefined>) => problemsOf(() => loadDriverConfig(env));

test("a descriptor is all that must be set: then the chain on this machine is asked", async (t) => {
  const config = loadDriverConfig({ MAPAE_NETWORK: await descriptorFile(t, local) });
  assert.deepEqual(config, {
    network: local,
    agreement: 1,
    answers: "universal-resolver",
    httpHost: "127.0.0.1",
    httpPort: 8_080,
    trustedProxies: [],
    testIdentifiers: [],
    logLevel: "info",
    secrets: { nodeUrls: [], rpcUrls: ["http://127.0.0.1:8545"] },
  });
  assert(Object.isFrozen(config) && Object.isFrozen(config.secrets) && Object.isFrozen(config.secrets.nodeUrls));
});

test("with nodes no chain is asked, unless one is named as well", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  const MAPAE_NODE_URLS = "https://user:secret@one.example/mapae , http://two.example";
  const nodeUrls = ["https://user:secret@one.example/mapae", "http://two.example"];
  assert.deepEqual(loadDriverConfig({ MAPAE_NETWORK, MAPAE_NODE_URLS }).secrets, { nodeUrls, rpcUrls: [] });
  const MAPAE_RPC_URLS = "http://chain.example";
  assert.deepEqual(loadDriverConfig({ MAPAE_NETWORK, MAPAE_NODE_URLS, MAPAE_RPC_URLS }).secrets, {
    nodeUrls,
    rpcUrls: [MAPAE_RPC_URLS],
  });
});

test("each variable is taken as it is set, and those of a node are let be", async (t) => {
  const example = `did:mapae:local:0x${"a1".repeat(20)}`;
  const { network: _, ...config } = loadDriverConfig({
    MAPAE_NETWORK: await descriptorFile(t, local),
    MAPAE_NODE_URLS: "http://one.example,http://two.example",
    MAPAE_NODE_AGREEMENT: "2",
    MAPAE_ANSWERS: "standard",
    MAPAE_HTTP_HOST: "::",
    MAPAE_HTTP_PORT: "0",
    MAPAE_TRUSTED_PROXIES: "127.0.0.1, fd00::/8",
    MAPAE_TEST_IDENTIFIERS: example,
    MAPAE_LOG_LEVEL: "warn",
    MAPAE_DATA_DIR: "/somewhere",
  });
  assert.deepEqual(config, {
    agreement: 2,
    answers: "standard",
    httpHost: "::",
    httpPort: 0,
    trustedProxies: ["127.0.0.1", "fd00::/8"],
    testIdentifiers: [parseDid(example)],
    logLevel: "warn",
    secrets: { nodeUrls: ["http://one.example", "http://two.example"], rpcUrls: [] },
  });
});

test("what is wrong is named, and a URL that may hold a password is not shown", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  const wrong: [env: Record<string, string>, problem: RegExp][] = [
    [{ MAPAE_NODE_URLS: "ftp://user:hunter2@a.example" }, /^- MAPAE_NODE_URLS: wanted http: or https: URLs/],
    [{ MAPAE_NODE_URLS: Array(17).fill("http://a.example").join(",") }, /^- MAPAE_NODE_URLS: wanted at most 16 URLs/],
    [{ MAPAE_RPC_URLS: "hunter2" }, /^- MAPAE_RPC_URLS: wanted http: or https: URLs/],
    [{ MAPAE_NODE_AGREEMENT: "0" }, /^- MAPAE_NODE_AGREEMENT: got "0", wanted a whole number from 1 to 16/],
    [{ MAPAE_NODE_AGREEMENT: "2" }, /^- MAPAE_NODE_AGREEMENT: got 2, wanted at most as many as there are/],
    [{ MAPAE_ANSWERS: "iris" }, /^- MAPAE_ANSWERS: got "iris", wanted universal-resolver or standard/],
    [
      { MAPAE_NODE_URL: "http://a.example" },
      /^- MAPAE_NODE_URL: there is no such variable; did you mean MAPAE_NODE_URLS/,
    ],
    [{ MAPAE_TEST_IDENTIFIERS: `did:mapae:gov-55555555:0x${"a1".repeat(20)}` }, /wanted DIDs of the network local$/],
  ];
  for (const [env, problem] of wrong) {
    const [found, ...others] = problems({ MAPAE_NETWORK, ...env });
    assert.match(found ?? "", problem);
    assert.doesNotMatch(found ?? "", /hunter2/);
    assert.deepEqual(others, []);
  }
});

test("the variables that only a driver reads are those that a node is told to let be", () => {
  for (const name of DRIVER_VARIABLES) assert(name in driverVariables.shape, name);
});
