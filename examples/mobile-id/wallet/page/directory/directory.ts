import * as z from "zod/mini";
import { askNodes, type Fetch, type Purpose, PurposeError, readPurpose } from "../../../../../resolver/index.ts";
import type { StoredAnswers } from "../../../shared/stored-answers.ts";
import { base, type Network, takeEvidence } from "../../../shared/take-evidence.ts";
import type { Vault } from "../vault/vault.ts";

/** The settings that the wallet's operator gives to every phone: the network, and the DIDs whose public facts are stored. */
export interface Settings extends Network {
  /** DIDs of verifiers that are in the public directory. */
  readonly verifiers: readonly string[];
  /** DIDs of issuers. */
  readonly issuers: readonly string[];
  /** URLs of the issuers' sites (`credential_issuer`): only they can offer a card. */
  readonly issuerSites: readonly string[];
}

const schemaHash = z.templateLiteral(["0x", z.string()]);
const typesSchema = z.object({ types: z.array(z.object({ uri: z.string(), schemaHash })) });

/** Public facts, stored on the phone, so that nobody learns which DIDs it is interested in, or when. */
export interface Directory {
  /** When it was fetched, in Unix seconds. */
  readonly at: number;
  readonly answers: StoredAnswers;
  readonly purposes: Readonly<Record<string, Purpose>>;
}

const NAME = "directory";

export async function readDirectory(vault: Vault): Promise<Directory> {
  return (await vault.read<Directory>(NAME)) ?? { at: 0, answers: {}, purposes: {} };
}

/**
 * Fetches and stores the public facts about all DIDs of the settings, which are the same for every phone. Facts that the holder
 * looked up are dropped: a node that sees requests for them again and again could recognise the phone. Never called during a
 * presentation.
 *
 * @throws UnavailableError, NodesDisagreeError; then the stored facts stay.
 */
export async function refreshDirectory(vault: Vault, settings: Settings, fetch: Fetch): Promise<Directory> {
  const answers = await takeEvidence(settings, [...settings.issuers, ...settings.verifiers], fetch);
  const purposes = await takePurposes(settings, fetch);
  const directory = { at: Math.floor(Date.now() / 1_000), answers, purposes };
  await vault.write(NAME, directory);
  return directory;
}

/**
 * Looks up one more DID, on request of the holder: a node learns that somebody is interested in it now. The facts are kept until
 * the next refresh.
 */
export async function lookUp(vault: Vault, settings: Settings, did: string, fetch: Fetch): Promise<Directory> {
  const known = await readDirectory(vault);
  const answers = { ...known.answers, ...(await takeEvidence(settings, [did], fetch)) };
  const purposes = { ...known.purposes, ...(await takePurposes(settings, fetch)) };
  const directory = { ...known, answers, purposes };
  await vault.write(NAME, directory);
  return directory;
}

/**
 * The documents of all purposes. Enough nodes have to agree on the list of purposes; a document may come from any node if its
 * hash is right.
 */
async function takePurposes(network: Network, fetch: Fetch): Promise<Record<string, Purpose>> {
  const ask = askNodes({ ...network, fetch, now: () => Math.floor(Date.now() / 1_000) });
  const [said] = await ask({
    about: "the types of the network",
    ask: async (node) => typesSchema.parse((await node.get("/types")).body).types,
    keyOf: (types) => JSON.stringify(types),
    describe: (types) => `${types.length} types`,
  });
  const purposes: Record<string, Purpose> = {};
  for (const type of said?.answer ?? []) {
    if (!URL.canParse(type.uri) || !new URL(type.uri).pathname.startsWith("/purposes/")) continue;
    const found = await documentOf(type, network, fetch);
    if (found !== undefined) purposes[type.uri] = found;
  }
  return purposes;
}

/** The document of a type from the first node that has it with the right hash; `undefined` if no node has. */
async function documentOf(
  type: Parameters<typeof readPurpose>[1],
  { nodes }: Network,
  fetch: Fetch,
): Promise<Purpose | undefined> {
  for (const node of nodes) {
    const response = await fetch(`${base(node)}${new URL(type.uri).pathname}`, QUIET);
    if (response.status !== 200) continue;
    try {
      return readPurpose(await response.text(), type);
    } catch (error) {
      if (!(error instanceof PurposeError)) throw error;
    }
  }
  return undefined;
}

const QUIET = { headers: { accept: "application/json" }, credentials: "omit", referrerPolicy: "no-referrer" } as const;
