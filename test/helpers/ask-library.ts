import { parseDid } from "../../resolver/did/did.ts";
import { readParameters, splitDidUrl } from "../../resolver/did/did-url.ts";
import { serviceUrls } from "../../resolver/did/service-url.ts";
import { ResolutionError } from "../../resolver/errors.ts";
import { dereference } from "../../resolver/resolution/dereference.ts";
import { readOptions } from "../../resolver/resolution/options.ts";
import { type Representation, represent, representPart } from "../../resolver/resolution/representation.ts";
import { resolveLatest, resolveVersion } from "../../resolver/resolution/resolve.ts";
import { NETWORK, START } from "../node/http/harness.ts";
import type { MemoryIndex } from "./memory-index.ts";

/** The library's answer, without a server, to a DID URL with options; `accept` is the header as for the server. */
export async function askLibrary(index: MemoryIndex, target: string, accept: string): Promise<unknown> {
  const at = target.indexOf("?");
  const didUrl = decodeURIComponent(at < 0 ? target : target.slice(0, at));
  const {
    did: text,
    path,
    query,
    fragment,
  } = /[/?#]/.test(didUrl) ? splitDidUrl(didUrl) : { did: didUrl, path: "", query: "", fragment: "" };
  const did = parseDid(text);
  if (did.network !== NETWORK.name) throw new ResolutionError("FEATURE_NOT_SUPPORTED", "another network");
  const options = readOptions(
    new URLSearchParams([...readParameters(query), ...readParameters(at < 0 ? "" : target.slice(at))]),
  );

  const asOf = index.asOf();
  if (asOf === undefined) throw new Error("nothing was written");
  const context = { did, chainId: NETWORK.chainId, asOf, now: START };
  const isLatest = options.versionId === undefined && options.versionTime === undefined;
  const { document, documentMetadata } = isLatest
    ? resolveLatest(context, index.state("did", did.address))
    : await resolveVersion(context, index.events("did", did.address), options);
  const contentType = (accept.startsWith("application/did-") ? "application/did" : accept) as Representation;
  if (document === null) return { document, documentMetadata, contentType };
  const part = { path, fragment, ...options };
  if (accept === "text/uri-list") return { location: serviceUrls(document, part)[0] };

  const content = dereference(document, part);
  const shown =
    content.kind === "document"
      ? represent(content.document, contentType)
      : representPart(content.kind === "method" ? content.method : content.service, contentType);
  return { document: shown, documentMetadata: content.kind === "document" ? documentMetadata : {}, contentType };
}
