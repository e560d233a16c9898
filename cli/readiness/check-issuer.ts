import { examineIssuer, type NetworkDescriptor, parseDid, type Readiness } from "../../resolver/index.ts";
import { type Finding, fault, ok, warning } from "../doctor/finding.ts";
import { CliError } from "../terminal/errors.ts";

/** The text of each finding, with what to do about a fault. */
const WORDS: Readonly<Record<Readiness["code"], string>> = {
  active: "exists and is active",
  neverWritten: "was never written in this network: see mapae did create",
  deactivated: "is deactivated for good",
  canSign: "keys that can sign credentials and lists:",
  noKey: "no key for assertions that credentials can be signed with: see mapae did add-key",
  accredited: "accredited for",
  notAccredited: "no accepted accreditation holds now: see mapae trust show and mapae trust accept",
  listMade: "open list",
  listMissing: "no open status list of the type: see mapae status create; type",
  listServed: "a signed and fresh token is served of list",
  listRefused: "no token verifies of list",
  documentServed: "served with the hash on the chain:",
  documentDiffers: "served with another hash than the chain has:",
  documentMissing: "not served by the node:",
  notAsked: "could not be asked:",
};

/** Reports whether an issuer is ready, as a verifier sees it at a node. */
export async function checkIssuer({
  did,
  node,
  network,
  now,
}: {
  readonly did: string;
  readonly node: string;
  readonly network: NetworkDescriptor;
  readonly now: number;
}): Promise<Finding[]> {
  const issuer = parseDid(did);
  const fetch = (url: string, init: RequestInit) => globalThis.fetch(url, init);
  const found = await examineIssuer({ descriptor: network, issuer, node, fetch, now });
  return found.map(({ step, outcome, code, about }) => {
    const detail = `${WORDS[code]} ${about}`.trim();
    if (outcome === "good") return ok(step, detail);
    if (outcome === "unknown") return warning(step, detail);
    return fault(step, new CliError("REFUSED", detail));
  });
}
