import { readFile } from "node:fs/promises";
import { z } from "zod";
import { type NetworkDescriptor, parseNetworkDescriptor } from "../../../resolver/index.ts";

/** Parts with an address of their own. */
export const PARTS = ["issuer", "desk", "wallet", "approval", "messenger", "mail", "gate"] as const;
export type Part = (typeof PARTS)[number];

const url = z.url({ protocol: /^https?$/ }).refine((text) => !text.endsWith("/"), "wanted no slash at its end");
const did = z.string().regex(/^did:mapae:[a-z0-9-]{1,32}:0x[0-9a-f]{40}$/);

const configSchema = z.strictObject({
  /** Path of the network descriptor that all parts trust. */
  network: z.string(),
  /** JSON-RPC endpoint of the chain, to which only the issuer writes. */
  chain: url,
  /** Public listeners of nodes to ask. */
  nodes: z.array(url).min(1),
  /** How many of them have to answer the same. */
  agreement: z.int().min(1),
  /** Folder for the data of all parts. */
  data: z.string(),
  urls: z.strictObject(Object.fromEntries(PARTS.map((part) => [part, url])) as Record<Part, typeof url>),
  /** The issuers of cards, by credential configuration. */
  issuers: z.record(
    z.string(),
    z.strictObject({
      did,
      type: z.string(),
      /** Key files; the last one signs, earlier ones are being replaced. */
      keys: z.array(z.string()).min(1),
      /** Keystore of the DID's owner, which writes to the status list. */
      keystore: z.string(),
      list: z.int().min(0),
      size: z.int().min(1),
      listUri: url,
    }),
  ),
  /**
   * Whether cards have `x5c` in addition to `kid`. Wallets without support for DIDs need it. credo-ts 0.6 refuses it together
   * with a DID as `iss`, which SD-JWT VC allows.
   */
  certificates: z.boolean(),
  /** The verifiers that ask for cards. */
  verifiers: z.record(z.string(), z.strictObject({ did, key: z.string(), purpose: z.string() })),
  /** File with the password of key files and keystores. */
  password: z.string(),
});

/** The configuration of all parts. */
export type ExampleConfig = z.output<typeof configSchema>;

/** The configuration can't be used: it is missing, breaks its schema, or lacks what a part needs. */
export class ExampleConfigError extends Error {
  override readonly name = "ExampleConfigError";
  readonly code = "EXAMPLE_CONFIG";
}

/**
 * Reads and checks the file that `EXAMPLE_CONFIG` names, and the network descriptor that it names.
 *
 * @throws ExampleConfigError naming the file and the fault.
 */
export async function readConfig(
  path = process.env.EXAMPLE_CONFIG,
): Promise<ExampleConfig & { readonly descriptor: NetworkDescriptor }> {
  if (!path) throw new ExampleConfigError("EXAMPLE_CONFIG is not set, wanted the path of the example's configuration");
  const parsed = configSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
  if (!parsed.success) throw new ExampleConfigError(`${path} is wrong:\n${z.prettifyError(parsed.error)}`);
  const descriptor = parseNetworkDescriptor(JSON.parse(await readFile(parsed.data.network, "utf8")));
  return { ...parsed.data, descriptor };
}
