import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { type ExampleConfig, ExampleConfigError, PARTS, type Part } from "./shared/config.ts";

/** The first port; the parts have consecutive ones in their order. */
const FIRST_PORT = 8_085;

/** The part of `.mapae/local/demo.json` that the example needs. */
const demoSchema = z.object({
  chain: z.string(),
  node: z.string(),
  types: z.array(z.object({ name: z.string(), uri: z.string() })),
  lists: z.array(
    z.object({ issuer: z.string(), number: z.number(), size: z.number(), type: z.string(), uri: z.string() }),
  ),
  verifiers: z.array(z.object({ name: z.string(), did: z.string(), purpose: z.string(), key: z.string() })),
});

/** Folder of `npm start`: `local` in MAPAE_HOME. */
export function localFolder(): string {
  return resolve(process.env.MAPAE_HOME || ".mapae", "local");
}

/** The URL of each part on this machine; `EXAMPLE_PORT` moves all of them. */
export function localUrls(first = Number(process.env.EXAMPLE_PORT || FIRST_PORT)): Record<Part, string> {
  if (!Number.isInteger(first) || first < 1 || first + PARTS.length > 65_535) {
    throw new ExampleConfigError(
      `EXAMPLE_PORT is a port up to ${65_535 - PARTS.length}, got ${process.env.EXAMPLE_PORT}`,
    );
  }
  return Object.fromEntries(PARTS.map((part, at) => [part, `http://localhost:${first + at}`])) as Record<Part, string>;
}

/**
 * Writes the configuration of all parts for the network of `npm start`: its issuers, their lists and keys, its verifiers.
 *
 * @param local folder of that network.
 * @returns the file and its contents.
 */
export async function writeLocalConfig(
  local: string,
  urls: Record<Part, string>,
): Promise<{ readonly file: string; readonly config: ExampleConfig }> {
  const demo = demoSchema.parse(JSON.parse(await readFile(join(local, "demo.json"), "utf8")));
  const data = join(local, "..", "example");
  await forgetOtherChain(data, join(local, "network.json"));
  const issuers = demo.lists.map(({ issuer, number, size, type, uri }) => {
    const address = issuer.slice(issuer.lastIndexOf(":") + 1);
    const files = {
      keys: [join(local, "signers", `${address}-ES256.jwe`)],
      keystore: join(local, "keystores", `${address}.json`),
    };
    const vct = demo.types.find(({ name }) => name === type)?.uri ?? type;
    return [type, { did: issuer, type: vct, ...files, list: number, size, listUri: uri }] as const;
  });
  const config: ExampleConfig = {
    network: join(local, "network.json"),
    chain: demo.chain,
    nodes: [demo.node],
    agreement: 1,
    data,
    urls,
    issuers: Object.fromEntries(issuers),
    certificates: true,
    verifiers: Object.fromEntries(
      demo.verifiers.map(({ name, did, key, purpose }) => [name, { did, key: resolve(key), purpose }]),
    ),
    password: join(local, "signers", "password"),
  };
  const file = join(data, "config.json");
  await writeFile(file, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  return { file, config };
}

/** Removes the data of the parts for an earlier chain: each start of the local network creates a new one. */
async function forgetOtherChain(data: string, network: string): Promise<void> {
  const { genesisHash } = JSON.parse(await readFile(network, "utf8")) as { genesisHash: string };
  const mark = join(data, "genesis");
  if (existsSync(mark) && (await readFile(mark, "utf8")) === genesisHash) return;
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true, mode: 0o700 });
  await writeFile(mark, genesisHash);
}
