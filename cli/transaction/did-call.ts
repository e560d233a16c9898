import {
  type AsOf,
  currentDeployment,
  type DidState,
  type IdentityOnChain,
  type MapaeDid,
  parseDid,
  readIdentity,
} from "../../resolver/index.ts";
import { type DidChange, encodeChanges } from "../did/change.ts";
import { expectRoom } from "../did/room.ts";
import { relayFile } from "../relay/relay-option.ts";
import type { Call } from "../terminal/call.ts";
import { CliError } from "../terminal/errors.ts";
import { type OpenNetwork, openNetwork } from "../terminal/settings.ts";
import { expectNetworkOf } from "../values/did.ts";
import { feeFields } from "./gas-price.ts";
import { send, writtenLines } from "./send.ts";
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
  expectNetworkOf(did, network.descriptor);
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
    const written = await send({
      signer: signer.connect(provider),
      to: currentDeployment(network.descriptor).registries.did.address,
      data: encodeChanges(did.address, changes),
      fees,
      relay: relayFile(options, network),
    });
    const { answer, text } = submission.also ?? { answer: {}, text: "" };
    out.answer({ did: did.did, ...written, ...answer }, `${did.did}\n${writtenLines(written)}${text}`);
  } finally {
    provider.destroy();
  }
}
