import assert from "node:assert/strict";
import { resolve } from "node:path";
import { test } from "node:test";
import { loadConfig } from "../../../node/config/config.ts";
import { NODE_VARIABLES, OTHER_VARIABLES } from "../../../node/config/variable-names.ts";
import { parseDid } from "../../../resolver/did/did.ts";
import type { NetworkDescriptor } from "../../../resolver/network.ts";
import { temporaryFolder } from "../../cli/harness.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { descriptorFile, problemsOf } from "../../helpers/config.ts";

const local = new ChainSimulator().network();
const EXAMPLE = parseDid(`did:mapae:local:0x${"a1".repeat(20)}`);
const consortium: NetworkDescriptor = {
  ...local,
  name: "gov-55555555",
  genesisHash: `0x${"5".repeat(64)}`,
  consensus: { kind: "qbft", validators: [`0x${"11".repeat(20)}`] },
};

const problems = (env: Record<string, string | undefined>) => problemsOf(() => loadConfig(env));

test("a descriptor is all that must be set; on the network local answers never grow stale", async (t) => {
  const config = loadConfig({ MAPAE_NETWORK: await descriptorFile(t, local), HOME: "/somewhere" });
  assert.deepEqual(config, {
    network: local,
    rpcAgreement: 1,
    dataDir: resolve(".mapae", "local", "index"),
    httpHost: "127.0.0.1",
    httpPort: 8_080,
    trustedProxies: [],
    metrics: { host: "127.0.0.1", port: 9_090 },
    audit: null,
    pollMs: 500,
    staleAfter: null,
    refuseAfter: null,
    logLevel: "info",
    peers: { urls: [], checkSeconds: 10 },
    testIdentifiers: [],
    typesDir: null,
    signers: { files: [], passwordFile: null, pkcs11: null },
    secrets: { rpcUrls: ["http://127.0.0.1:8545"] },
  });
  assert(Object.isFrozen(config) && Object.isFrozen(config.metrics));
  assert(Object.isFrozen(config.secrets) && Object.isFrozen(config.secrets.rpcUrls));
});

test("on any other network answers are stale after a minute, and refused after ten", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, consortium);
  const { staleAfter, refuseAfter } = loadConfig({ MAPAE_NETWORK });
  assert.deepEqual({ staleAfter, refuseAfter }, { staleAfter: 60, refuseAfter: 600 });
  assert.deepEqual(problems({ MAPAE_NETWORK, MAPAE_STALE_AFTER: "601" }), [
    "- MAPAE_REFUSE_AFTER: got 600, wanted at least MAPAE_STALE_AFTER, which is 601: set both",
  ]);
});

test("two servers of a chain have to agree where there are two, and never more than there are", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  const three = { MAPAE_NETWORK, MAPAE_RPC_URLS: "http://one.example,http://two.example,http://three.example" };
  assert.equal(loadConfig(three).rpcAgreement, 2);
  for (const count of [1, 3])
    assert.equal(loadConfig({ ...three, MAPAE_RPC_AGREEMENT: `${count}` }).rpcAgreement, count);
  assert.deepEqual(problems({ ...three, MAPAE_RPC_AGREEMENT: "4" }), [
    "- MAPAE_RPC_AGREEMENT: got 4, wanted at most as many as there are in MAPAE_RPC_URLS",
  ]);
});

const PKCS11 = { module: "/lib/module.so", token: "lists", pinFile: "/keys/pin" };

test("a hardware module needs its token's label and the file with the PIN", async (t) => {
  const given = problems({
    MAPAE_NETWORK: await descriptorFile(t, local),
    MAPAE_SIGNER_PKCS11_MODULE: "/lib/module.so",
  });
  assert.match(given.join(), /^- MAPAE_SIGNER_PKCS11_TOKEN: not set.*- MAPAE_SIGNER_PKCS11_PIN_FILE: not set/);
});

test("each variable is taken as it is set; an empty one counts as not set", async (t) => {
  const config = loadConfig({
    MAPAE_NETWORK: await descriptorFile(t, local),
    MAPAE_RPC_URLS: "https://user:secret@one.example/path?key=1 , http://two.example",
    MAPAE_DATA_DIR: "/data/",
    MAPAE_HTTP_HOST: "::1",
    MAPAE_HTTP_PORT: "0",
    MAPAE_TRUSTED_PROXIES: "127.0.0.1, fd00::/8",
    MAPAE_METRICS_HOST: "::",
    MAPAE_METRICS_PORT: "0",
    MAPAE_AUDIT_HOST: "::",
    MAPAE_AUDIT_PORT: "0",
    MAPAE_AUDIT_DIDS: `did:mapae:local:0x${"a1".repeat(20)} , did:mapae:local:0x${"a2".repeat(20)}`,
    MAPAE_AUDIT_AUDIENCE: "https://audit.example",
    MAPAE_POLL_MS: "",
    MAPAE_PEERS: "https://one.example/mapae/, http://TWO.example",
    MAPAE_PEER_CHECK_SECONDS: "7",
    MAPAE_STALE_AFTER: "5",
    MAPAE_REFUSE_AFTER: "5",
    MAPAE_SIGNER_FILES: "/keys/one.jwe, /keys/two.jwe",
    MAPAE_SIGNER_PASSWORD_FILE: "/keys/password",
    MAPAE_SIGNER_PKCS11_MODULE: "/lib/module.so",
    MAPAE_SIGNER_PKCS11_TOKEN: "lists",
    MAPAE_SIGNER_PKCS11_PIN_FILE: "/keys/pin",
    MAPAE_TYPES_DIR: "/types",
    MAPAE_TEST_IDENTIFIERS: ` ${EXAMPLE.did} `,
    MAPAE_LOG_LEVEL: "silent",
  });
  const { network, ...rest } = config;
  assert.equal(network.name, "local");
  assert.deepEqual(rest, {
    rpcAgreement: 2,
    dataDir: "/data",
    httpHost: "::1",
    httpPort: 0,
    trustedProxies: ["127.0.0.1", "fd00::/8"],
    metrics: { host: "::", port: 0 },
    audit: {
      host: "::",
      port: 0,
      auditors: {
        dids: [`did:mapae:local:0x${"a1".repeat(20)}`, `did:mapae:local:0x${"a2".repeat(20)}`],
        audience: "https://audit.example",
      },
    },
    pollMs: 500,
    staleAfter: 5,
    refuseAfter: 5,
    logLevel: "silent",
    peers: { urls: ["https://one.example/mapae", "http://two.example"], checkSeconds: 7 },
    typesDir: "/types",
    testIdentifiers: [EXAMPLE],
    signers: { files: ["/keys/one.jwe", "/keys/two.jwe"], passwordFile: "/keys/password", pkcs11: PKCS11 },
    secrets: { rpcUrls: ["https://user:secret@one.example/path?key=1", "http://two.example"] },
  });
});

test("key files need the file with their password, and none has an empty name", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  const [missing] = problems({ MAPAE_NETWORK, MAPAE_SIGNER_FILES: "one.jwe" });
  assert.match(missing ?? "", /^- MAPAE_SIGNER_PASSWORD_FILE: not set/);
  const [empty] = problems({ MAPAE_NETWORK, MAPAE_SIGNER_FILES: "one.jwe,", MAPAE_SIGNER_PASSWORD_FILE: "password" });
  assert.match(empty ?? "", /^- MAPAE_SIGNER_FILES: got .*, wanted paths, separated by commas/);
});

test("examples are DIDs of the network, and not many", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  const wrong: [value: string, problem: RegExp][] = [
    [`${EXAMPLE.did},`, /wanted DIDs of the network, separated by commas/],
    [EXAMPLE.did.toUpperCase(), /wanted DIDs of the network/],
    ["did:ethr:0x7a69:0x90f79bf6eb2c4f870365e785982e1f101e93b906", /wanted DIDs of the network/],
    [Array.from({ length: 9 }, () => EXAMPLE.did).join(","), /wanted at most 8 DIDs/],
    [EXAMPLE.did.replace("local", "gov-55555555"), /got did:mapae:gov-55555555:.*, wanted DIDs of the network local$/],
  ];
  for (const [MAPAE_TEST_IDENTIFIERS, problem] of wrong) {
    const [found, ...others] = problems({ MAPAE_NETWORK, MAPAE_TEST_IDENTIFIERS });
    assert.match(found ?? "", /^- MAPAE_TEST_IDENTIFIERS: got /);
    assert.match(found ?? "", problem);
    assert.deepEqual(others, []);
  }
});

test("the URL of another node names no user and no query", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  for (const url of ["ftp://one.example", "one.example", "http://user@one.example", "http://one.example?key=1"]) {
    const [problem] = problems({ MAPAE_NETWORK, MAPAE_PEERS: `http://two.example,${url}` });
    assert.match(problem ?? "", /^- MAPAE_PEERS: got .*, wanted http: or https: URLs without user or query/);
  }
  for (const range of ["proxy.example", "10.0.0.0/33", "10.0.0.1,"]) {
    const [problem] = problems({ MAPAE_NETWORK, MAPAE_TRUSTED_PROXIES: range });
    assert.match(problem ?? "", /^- MAPAE_TRUSTED_PROXIES: got .*, wanted addresses or ranges/);
  }
});

test("all wrong variables are named at once, each with what it got, what it wants and what to do", () => {
  assert.deepEqual(
    problems({
      MAPAE_HTTP_PORT: "65536",
      MAPAE_METRICS_PORT: "on",
      MAPAE_POLL_MS: "9",
      MAPAE_STALE_AFTER: "0",
      MAPAE_REFUSE_AFTER: "1.5",
      MAPAE_LOG_LEVEL: "loud",
      MAPAE_HTTP_PROT: "1",
    }),
    [
      "- MAPAE_HTTP_PROT: there is no such variable; did you mean MAPAE_HTTP_PORT?",
      "- MAPAE_NETWORK: not set, wanted the path of a network descriptor, as `mapae network deploy` writes it",
      '- MAPAE_HTTP_PORT: got "65536", wanted a whole number from 0 to 65535; unset it for the default, 8080',
      '- MAPAE_METRICS_PORT: got "on", wanted off, or a whole number from 0 to 65535; unset it for the default, 9090',
      '- MAPAE_POLL_MS: got "9", wanted a whole number from 10 to 60000; unset it for the default, 500',
      '- MAPAE_STALE_AFTER: got "0", wanted a whole number from 1 to 31536000; unset it for the default, 60; never on the network local',
      '- MAPAE_REFUSE_AFTER: got "1.5", wanted a whole number from 1 to 31536000; unset it for the default, 600; never on the network local',
      '- MAPAE_LOG_LEVEL: got "loud", wanted fatal, error, warn, info, debug, trace or silent; unset it for the default, info',
    ],
  );
});

test("for a shortened name the variable with all of its words is meant, otherwise the nearest one", () => {
  const meant = (name: string) => problems({ [name]: "1" })[0]?.match(/did you mean (\w+)\?$/)?.[1];
  const names = ["MAPAE_PORT", "MAPAE_DATA", "MAPAE_RPC_URL", "MAPAE_NTEWORK"];
  assert.deepEqual(names.map(meant), ["MAPAE_HTTP_PORT", "MAPAE_DATA_DIR", "MAPAE_RPC_URLS", "MAPAE_NETWORK"]);
});

test("metrics are turned off with off, and don't share the public listener's port unless each takes any free one", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  const given = { MAPAE_NETWORK, MAPAE_HTTP_PORT: "9090" };
  assert.equal(loadConfig({ ...given, MAPAE_METRICS_PORT: "off" }).metrics, null);
  assert.deepEqual(problems(given), [
    "- MAPAE_METRICS_PORT: got 9090, which is MAPAE_HTTP_PORT too: set another one, or off",
  ]);
  assert.equal(loadConfig({ ...given, MAPAE_HTTP_PORT: "0", MAPAE_METRICS_PORT: "0" }).metrics?.port, 0);
  const [tooHigh] = problems({ ...given, MAPAE_METRICS_PORT: "65536" });
  assert.match(tooHigh ?? "", /^- MAPAE_METRICS_PORT: got "65536", wanted off, or/);
});

test("RPC URLs that are wrong are not shown: they may hold a password", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  const many = Array.from({ length: 17 }, () => "http://a.example").join(",");
  for (const urls of [
    "ftp://user:hunter2@a.example",
    "http://a.example,,http://b.example",
    "hunter2",
    "http://a:%ff@a.example",
    many,
  ]) {
    const [problem, ...others] = problems({ MAPAE_NETWORK, MAPAE_RPC_URLS: urls });
    assert.match(
      problem ?? "",
      /^- MAPAE_RPC_URLS: wanted (http: or https: URLs|at most 16 URLs).*http:\/\/127.0.0.1:8545$/,
    );
    assert.doesNotMatch(problem ?? "", /hunter2|a\.example/);
    assert.deepEqual(others, []);
  }
});

test("a descriptor that can't be read or is wrong is named with its path", async (t) => {
  const cases: [string, RegExp][] = [
    ["/nowhere/network.json", /got "\/nowhere\/network.json".*ENOENT/],
    [await temporaryFolder(t), /EISDIR/],
    [await descriptorFile(t, "no json"), /JSON/],
    [await descriptorFile(t, {}), /Network descriptor: version/],
    [await descriptorFile(t, { ...local, chainId: "1" }), /chainId/],
    [await descriptorFile(t, " ".repeat(1_048_577)), /it is longer than 1048576 bytes/],
  ];
  for (const [MAPAE_NETWORK, message] of cases) {
    const [problem, ...others] = problems({ MAPAE_NETWORK });
    assert.match(problem ?? "", /^- MAPAE_NETWORK: got "/);
    assert.match(problem ?? "", message);
    assert.deepEqual(others, []);
  }
});

test("variables of other commands are left alone, and names do not clash", async (t) => {
  const MAPAE_NETWORK = await descriptorFile(t, local);
  loadConfig({ MAPAE_NETWORK, ...Object.fromEntries(OTHER_VARIABLES.map((name) => [name, "x"])) });
  assert.deepEqual(
    NODE_VARIABLES.filter((name) => OTHER_VARIABLES.includes(name)),
    [],
  );
});

test("the audit listener is off unless it gets a port, and reached by others only with auditors", async (t) => {
  const given = { MAPAE_NETWORK: await descriptorFile(t, local) };
  const did = `did:mapae:local:0x${"a1".repeat(20)}`;
  assert.equal(loadConfig({ ...given, MAPAE_AUDIT_HOST: "127.0.0.1" }).audit, null);
  assert.deepEqual(loadConfig({ ...given, MAPAE_AUDIT_PORT: "0" }).audit, {
    host: "127.0.0.1",
    port: 0,
    auditors: null,
  });
  for (const host of ["::1", "127.8.8.8"]) {
    assert.equal(loadConfig({ ...given, MAPAE_AUDIT_PORT: "7000", MAPAE_AUDIT_HOST: host }).audit?.host, host);
  }
  const open = { ...given, MAPAE_AUDIT_PORT: "7000", MAPAE_AUDIT_HOST: "0.0.0.0" };
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "localhost", "127.0.0.1.example", "::ffff:127.0.0.1"]) {
    const [problem, ...more] = problems({ ...open, MAPAE_AUDIT_HOST: host });
    assert.match(problem ?? "", /^- MAPAE_AUDIT_HOST: got .* only with MAPAE_AUDIT_DIDS/, host);
    assert.deepEqual(more, []);
  }
  const auditors = { MAPAE_AUDIT_DIDS: did, MAPAE_AUDIT_AUDIENCE: "https://audit.example" };
  assert.deepEqual(loadConfig({ ...open, ...auditors }).audit, {
    host: "0.0.0.0",
    port: 7_000,
    auditors: { dids: [did], audience: "https://audit.example" },
  });
  assert.match(problems({ ...open, MAPAE_AUDIT_DIDS: did })[0] ?? "", /^- MAPAE_AUDIT_AUDIENCE: not set/);
  for (const dids of ["0x12", "did:key:z6Mk", `did:mapae:other-12345678:0x${"a1".repeat(20)}`, `${did},,`]) {
    assert.match(
      problems({ ...open, ...auditors, MAPAE_AUDIT_DIDS: dids })[0] ?? "",
      /^- MAPAE_AUDIT_DIDS: got /,
      dids,
    );
  }
  for (const name of ["MAPAE_HTTP_PORT", "MAPAE_METRICS_PORT"]) {
    const [problem] = problems({ ...given, MAPAE_AUDIT_PORT: "7000", [name]: "7000" });
    assert.match(problem ?? "", new RegExp(`^- MAPAE_AUDIT_PORT: got 7000, which is ${name} too`));
  }
});
