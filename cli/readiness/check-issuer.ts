import { examineIssuer, type MapaeDid, type NetworkDescriptor, type Readiness } from "../../resolver/index.ts";
import { READINESS_TEXTS } from "../../resolver/readiness/readiness-texts.ts";
import { type Finding, fault, ok, warning } from "../doctor/finding.ts";
import { CliError } from "../terminal/errors.ts";

/** What to do about a finding that is not good. */
const TO_DO: Readonly<Partial<Record<Readiness["code"], string>>> = {
  neverWritten: "see mapae did create",
  noKey: "see mapae did add-key --purpose assertion",
  notAccredited: "see mapae trust show and mapae trust accept",
  listMissing: "see mapae status create",
  listRefused: "see the log of the node that signs it",
  documentDiffers: "see MAPAE_TYPES_DIR of the node",
  documentMissing: "see MAPAE_TYPES_DIR of the node",
};

/** Reports whether an issuer is ready, as a verifier sees it at a node. */
export async function checkIssuer({
  issuer,
  node,
  network,
  now,
}: {
  readonly issuer: MapaeDid;
  readonly node: string;
  readonly network: NetworkDescriptor;
  readonly now: number;
}): Promise<Finding[]> {
  const fetch = (url: string, init: RequestInit) => globalThis.fetch(url, init);
  const found = await examineIssuer({ descriptor: network, issuer, node, fetch, now });
  return found.map(({ step, outcome, code, about }) => {
    const found = `${READINESS_TEXTS[code]} ${about}`.trim();
    const toDo = TO_DO[code];
    const detail = toDo === undefined ? found : `${found}; ${toDo}`;
    if (outcome === "good") return ok(step, detail);
    if (outcome === "unknown") return warning(step, detail);
    return fault(step, new CliError("REFUSED", detail));
  });
}
