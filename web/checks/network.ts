import { type MapaeDid, parseDid } from "../../resolver/did/did.ts";
import { MapaeError } from "../../resolver/errors.ts";
import { descriptorHash, type NetworkDescriptor, parseNetworkDescriptor } from "../../resolver/network.ts";
import { type Context, ViewError } from "../view.ts";
import { type Check, check } from "./check.ts";

/** The network of the page, by the user's descriptor or otherwise by the node's. */
export interface TrustedNetwork {
  readonly descriptor: NetworkDescriptor;
  readonly hash: string;
  /** The check that tells whose descriptor it is. */
  readonly check: Check;
}

/** @throws ViewError where there is no descriptor, or it can't be read. */
export function trustedNetwork({ trusted }: Context): TrustedNetwork {
  if (trusted === undefined) throw new ViewError("failed.noDescriptor");
  try {
    const descriptor = parseNetworkDescriptor(trusted.descriptor);
    const hash = descriptorHash(descriptor);
    const isReaders = trusted.from === "reader";
    const found = check(isReaders ? "good" : "late", isReaders ? "descriptorReader" : "descriptorNode", {
      name: descriptor.name,
    });
    return { descriptor, hash, check: found };
  } catch (error) {
    if (!(error instanceof MapaeError)) throw error;
    throw new ViewError("failed.descriptor", { why: error.message });
  }
}

/** A DID of this network. @throws ViewError */
export function didIn(text: string, { name }: NetworkDescriptor): MapaeDid {
  let did: MapaeDid;
  try {
    did = parseDid(text);
  } catch (error) {
    if (!(error instanceof MapaeError)) throw error;
    throw new ViewError("failed.did", { got: text.slice(0, 120), why: error.message });
  }
  if (did.network !== name) throw new ViewError("failed.network", { got: did.network, wanted: name });
  return did;
}
