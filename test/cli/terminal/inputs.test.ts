import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { readInput } from "../../../cli/files/files.ts";
import { passwordOf } from "../../../cli/files/password.ts";
import { loadConfig } from "../../../node/config/config.ts";
import { httpRpc } from "../../../resolver/index.ts";
import { ChainSimulator } from "../../helpers/chain-simulator.ts";
import { mapae, REPOSITORY, temporaryFolder } from "../harness.ts";

const LAUNCHER = join(REPOSITORY, "cli", "mapae.mjs");

test("a pipe is read to its end, however slowly it is written", async (t) => {
  const path = join(await temporaryFolder(t), "pipe");
  await once(spawn("mkfifo", [path]), "close");
  const script = 'printf "%s" "$1" > "$2.1"; exec 3> "$2"; printf "one " >&3; sleep 0.3; printf "two" >&3';
  const writer = spawn("sh", ["-c", script, "sh", "x", path]);
  t.after(() => writer.kill());
  assert.equal(await readInput({ path, what: "card", maxBytes: 100 }), "one two");
});

test("a file of the longest length is read, one byte more is refused, and so is what is no UTF-8", async (t) => {
  const path = join(await temporaryFolder(t), "file");
  const file = { path, what: "card", maxBytes: 200_000 };
  await writeFile(path, "x".repeat(200_000));
  assert.equal((await readInput(file)).length, 200_000);
  await writeFile(path, "x".repeat(200_001));
  await assert.rejects(readInput(file), { code: "INVALID_INPUT", message: /longer than 200000 bytes/ });
  await writeFile(path, new Uint8Array([0x61, 0xff]));
  await assert.rejects(readInput(file), { code: "INVALID_INPUT", message: /no UTF-8/ });
  await assert.rejects(readInput({ ...file, path: `${path}.none` }), { code: "INVALID_INPUT", message: /ENOENT/ });
});

test("a file with a name twice in an object is refused, and so is one that is nested without end", async (t) => {
  const path = join(await temporaryFolder(t), "network.json");
  const text = JSON.stringify(new ChainSimulator().network());
  for (const altered of [text.replace("{", '{"chainId":1,'), `{"a":${"[".repeat(100_000)}`, "{", ""]) {
    await writeFile(path, altered);
    const { code, stderr } = await mapae(["network", "show", "--network", path, "--json"], {});
    assert.deepEqual([code, JSON.parse(stderr).error.code], [2, "INVALID_INPUT"]);
    assert.match(stderr, /is no JSON that all readers understand alike: wanted JSON without a name twice/);
  }
});

test("a byte order mark is no part of a descriptor, for the command line, the node and doctor", async (t) => {
  const path = join(await temporaryFolder(t), "network.json");
  await writeFile(path, `\ufeff${JSON.stringify(new ChainSimulator().network())}`);
  const { network } = loadConfig({ MAPAE_NETWORK: path });
  assert.equal((await mapae(["network", "show", "--network", path], {})).code, 0);
  const doctor = await mapae(["doctor", "--network", path, "--rpc", "http://127.0.0.1:2"], {});
  assert.match(doctor.stdout, new RegExp(`ok +configuration: network ${network.name}`));
});

test("a carriage return in a variable is refused by its name, by the command line and the node", async (t) => {
  const path = join(await temporaryFolder(t), "network.json");
  await writeFile(path, JSON.stringify(new ChainSimulator().network()));
  const { code, stderr } = await mapae(["network", "show"], { MAPAE_RPC_URLS: "http://127.0.0.1:2\r" });
  assert.equal(code, 2);
  assert.match(stderr, /MAPAE_RPC_URLS: the value has a carriage return/);
  assert.throws(() => loadConfig({ MAPAE_NETWORK: path, MAPAE_DATA_DIR: "x\r" }), {
    code: "CONFIG",
    message: /MAPAE_DATA_DIR: the value has a carriage return/,
  });
});

test("a % in the password of a chain's URL is named with what to write, and the password is not shown", async (t) => {
  const path = join(await temporaryFolder(t), "network.json");
  await writeFile(path, JSON.stringify(new ChainSimulator().network()));
  const url = "http://user:hunter2%@127.0.0.1:2";
  const { code, stderr } = await mapae(["network", "roles", "--network", path, "--rpc", url], {});
  assert.equal(code, 2);
  assert.match(stderr, /\(--rpc\).*write % as %25/);
  assert.doesNotMatch(stderr, /hunter2/);
  assert.throws(() => loadConfig({ MAPAE_NETWORK: path, MAPAE_RPC_URLS: url }), {
    code: "CONFIG",
    message: /MAPAE_RPC_URLS: wanted .*write % as %25/,
  });
  assert.throws(() => httpRpc({ url }), { code: "RESOLVER_OPTIONS", message: /write % as %25/ });
});

test("a password is the same however its letters were composed", async (t) => {
  const path = join(await temporaryFolder(t), "password");
  await writeFile(path, "Scho\u0308n\n", { mode: 0o600 });
  const ask = (env: Record<string, string>) => passwordOf({ env } as never, "keystore", "agency.json");
  assert.equal(await ask({ MAPAE_KEYSTORE_PASSWORD_FILE: path }), "Sch\u00f6n");
  assert.equal(await ask({ MAPAE_KEYSTORE_PASSWORD: "Scho\u0308n" }), "Sch\u00f6n");
});

test("HTTP_PROXY is used for other machines, not for this one or those of NO_PROXY", async (t) => {
  const path = join(await temporaryFolder(t), "network.json");
  await writeFile(path, JSON.stringify(new ChainSimulator().network()));
  const asked: string[] = [];
  const proxy = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.writeHead(502).end();
  });
  proxy.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  t.after(() => proxy.close());
  const { NO_PROXY: _, no_proxy: __, NODE_USE_ENV_PROXY: ___, ...inherited } = process.env;
  const env = { ...inherited, HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const show = async (url: string, more = {}) => {
    asked.length = 0;
    const args = [LAUNCHER, "network", "roles", "--network", path, "--rpc", url];
    const child = spawn(process.execPath, args, { env: { ...env, ...more }, stdio: "ignore" });
    assert.deepEqual(await once(child, "close"), [4, null]);
    return asked.length > 0;
  };
  assert.equal(await show("http://chain.example:8545"), true);
  assert.match(asked[0] ?? "", /chain\.example:8545/);
  assert.equal(await show("http://127.0.0.1:2"), false);
  assert.equal(await show("http://chain.invalid:8545", { NO_PROXY: "chain.invalid" }), false);
});
