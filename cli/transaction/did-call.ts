import {
  type AsOf,
  currentDeployment,
  type DidState,
  dateTime,
  type IdentityOnChain,
  type MapaeDid,
  parseDid,
  readIdentity,
} from "../../resolver/index.ts";
import type { DidChange } from "../did/change.ts";
import { expectRoom } from "../did/room.ts";
import { writeChanges } from "../did/write.ts";
import type { Call } from "../terminal/call.ts";
import { CliError } from "../terminal/errors.ts";
import { type OpenNetwork, openNetwork, relayFile } from "../terminal/settings.ts";
import { feeFields } from "./gas-price.ts";
import { writtenLines } from "./send.ts";
import { type Account, readSigner, writeProvider } from "./signer.ts";

/** A DID of the configured network, as its chain holds it now. */
export interface OpenDid extends IdentityOnChain {
  readonly network: OpenNetwork;
  readonly did: MapaeDid;
}

/**
 * Reads a DID from the chain.
 * @throws ResolutionError for a text that is no DID of this method; CliError `INVALID_INPUT` for one of another network.
 */
export async function openDid({ terminal, options }: Call, text: string): Promise<OpenDid> {
  const did = parseDid(text);
  const network = await openNetwork(terminal, options);
  if (did.network !== network.descriptor.name) {
    throw new CliError(
      "INVALID_INPUT",
      `${text} is of network ${did.network}, but the descriptor in use is of ${network.descriptor.name}: see --network`,
    );
  }
  return { network, did, ...(await readIdentity(network.reader, network.descriptor, did.address)) };
}

/**
 * The state of a DID that must exist.
 * @throws CliError `NOT_FOUND`
 */
export function existing({ did, state, asOf }: OpenDid): DidState {
  if (state !== undefined) return state;
  throw new CliError(
    "NOT_FOUND",
    `${did.did} was never written, as of block ${asOf.number}: mapae did create makes one`,
  );
}

/** Changes of a DID to write. */
export interface Submission {
  readonly network: OpenNetwork;
  readonly did: MapaeDid;
  /** Its state before the changes; `undefined` when it was never written. */
  readonly state: DidState | undefined;
  /** The block as of which that state is. */
  readonly asOf: AsOf;
  readonly changes: readonly DidChange[];
  /** The account that signs, if it is opened already. */
  readonly signer?: Account;
  /** Further parts of the answer, as JSON and as text. */
  readonly also?: { readonly answer: object; readonly text: string };
}

/**
 * Signs and sends changes of a DID, and prints their transaction.
 * @throws CliError `REFUSED` for changes without an effect; what signing and sending throw.
 */
export async function submit({ terminal, options, out }: Call, submission: Submission): Promise<void> {
  const { network, did, state, asOf, changes } = submission;
  expectRoom(did.did, state, changes, asOf.time);
  const signer = submission.signer ?? (await readSigner(terminal, options));
  const fees = feeFields(terminal, options);
  const provider = writeProvider(network.rpcUrl, network.descriptor.chainId);
  try {
    out.note(`Writing ${changes.length === 1 ? "one change" : `${changes.length} changes`} of ${did.did} …`);
    const registry = currentDeployment(network.descriptor).registries.did.address;
    const written = await writeChanges({
      signer: signer.connect(provider),
      registry,
      identity: did.address,
      changes,
      fees,
      relay: relayFile(options, network),
    });
    const { answer, text } = submission.also ?? { answer: {}, text: "" };
    out.answer({ did: did.did, ...written, ...answer }, `${did.did}\n${writtenLines(written)}${text}`);
  } finally {
    provider.destroy();
  }
}

/** A moment, given in Unix seconds, as text. */
export function moment(seconds: number): string {
  // Beyond the year 9999 a date is no longer four digits; the registry's cap keeps real ones below.
  return seconds < 253_402_300_800 ? dateTime(seconds) : `second ${seconds}`;
}
