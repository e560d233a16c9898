import type { Stage } from "./stage.ts";

/** Every view of the demo's network, by a name for its pictures. */
export function viewsOf({
  url,
  auditUrl,
  network,
}: Pick<Stage, "url" | "auditUrl" | "network">): Readonly<Record<string, string>> {
  const agency = network.dids[1]?.did ?? "";
  const at = (view: string, query: Record<string, string> = {}) => `${url}/?${new URLSearchParams({ view, ...query })}`;
  return {
    overview: at("overview"),
    did: at("did", { id: agency }),
    types: at("types"),
    type: at("type", { id: network.trust.types[0]?.typeId ?? "" }),
    list: at("list", { issuer: agency.split(":").at(-1) ?? "", number: "0" }),
    verify: at("verify"),
    onboarding: at("onboarding", { id: agency }),
    watch: at("watch", { kind: "did", id: agency }),
    changes: `${auditUrl}/`,
    questions: `${auditUrl}/?view=questions`,
    search: at("search", { q: "welfare" }),
    trust: at("trust"),
    "no-such-did": at("did", { id: `did:mapae:local:0x${"0".repeat(36)}a11c` }),
    "wrong-did": at("did", { id: "did:mapae:local:0x1234" }),
  };
}
