import * as z from "zod/mini";
import type { Fetch } from "../../../../../resolver/index.ts";
import { keccak256Text } from "../../../../../resolver/primitives/keccak.ts";
import type { StoredAnswers } from "../../../shared/stored-answers.ts";
import { base, type Network, takeEvidence } from "../../../shared/take-evidence.ts";
import type { Vault } from "../vault/vault.ts";

/** What the wallet's operator tells every phone: the network, and whose public facts to keep. */
export interface Settings extends Network {
  /** DIDs of verifiers that are in the public directory. */
  readonly verifiers: readonly string[];
  /** DIDs of issuers. */
  readonly issuers: readonly string[];
}

const displaySchema = z.array(z.object({ locale: z.string(), name: z.string(), description: z.optional(z.string()) }));
const purposeSchema = z.object({
  purpose: z.string(),
  display: displaySchema,
  retention: z.string(),
  credentials: z.array(z.object({ vct: z.string(), claims: z.array(z.array(z.string())) })),
});

/** What may be asked for a purpose, and for how long it is kept: the document that its type names on chain by its hash. */
export type Purpose = z.infer<typeof purposeSchema>;

const typesSchema = z.object({ types: z.array(z.object({ uri: z.string(), schemaHash: z.string() })) });

/** Public facts, kept in the phone, so that nobody learns about whom it wants to know something, or when. */
export interface Directory {
  /** When it was fetched, in Unix seconds. */
  readonly at: number;
  readonly answers: StoredAnswers;
  readonly purposes: Readonly<Record<string, Purpose>>;
  /** DIDs that the holder looked up besides those of the settings. */
  readonly others: readonly string[];
}

const NAME = "directory";

export async function readDirectory(vault: Vault): Promise<Directory> {
  return (await vault.read<Directory>(NAME)) ?? { at: 0, answers: {}, purposes: {}, others: [] };
}

/**
 * Fetches the public facts about everybody in the settings, the same for every phone, and keeps them. Never called on the way to a
 * verifier.
 *
 * @throws UnavailableError, NodesDisagreeError; then what was kept stays.
 */
export async function refreshDirectory(vault: Vault, settings: Settings, fetch: Fetch): Promise<Directory> {
  const { others } = await readDirectory(vault);
  const answers = await takeEvidence(settings, [...settings.issuers, ...settings.verifiers, ...others], fetch);
  const purposes = await takePurposes(settings, fetch);
  const directory = { at: Math.floor(Date.now() / 1_000), answers, purposes, others };
  await vault.write(NAME, directory);
  return directory;
}

/** Looks up one DID more, because its holder said so: a node learns that somebody wants to know about it now. */
export async function lookUp(vault: Vault, settings: Settings, did: string, fetch: Fetch): Promise<Directory> {
  const known = await readDirectory(vault);
  const answers = { ...known.answers, ...(await takeEvidence(settings, [did], fetch)) };
  const purposes = { ...known.purposes, ...(await takePurposes(settings, fetch)) };
  const directory = { ...known, answers, purposes, others: [...new Set([...known.others, did])] };
  await vault.write(NAME, directory);
  return directory;
}

/** The documents of all purposes. One whose bytes have another hash than the chain says is left out. */
async function takePurposes({ nodes }: Network, fetch: Fetch): Promise<Record<string, Purpose>> {
  const purposes: Record<string, Purpose> = {};
  for (const node of nodes) {
    const { types } = typesSchema.parse(await (await fetch(`${base(node)}/types`, QUIET)).json());
    const wanted = types.filter(({ uri }) => new URL(uri).pathname.startsWith("/purposes/") && !(uri in purposes));
    for (const { uri, schemaHash } of wanted) {
      const response = await fetch(`${base(node)}${new URL(uri).pathname}`, QUIET);
      const text = await response.text();
      if (response.status !== 200 || keccak256Text(text) !== schemaHash) continue;
      const read = purposeSchema.safeParse(JSON.parse(text));
      if (read.success && read.data.purpose === uri) purposes[uri] = read.data;
    }
  }
  return purposes;
}

const QUIET = { headers: { accept: "application/json" }, credentials: "omit", referrerPolicy: "no-referrer" } as const;
