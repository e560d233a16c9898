import { hrefOf } from "./route.ts";

/** What a search text can mean, by its format. */
export type Sought =
  | { readonly kind: "did" | "foreignDid" | "hash" | "label"; readonly text: string }
  | { readonly kind: "address"; readonly text: string }
  | { readonly kind: "list"; readonly issuer: string; readonly number: string }
  | { readonly kind: "uri"; readonly text: string };

/** Classifies a search text: a DID, an address, a list, the URI of a type, a hash of any kind, or otherwise a name. */
export function soughtIn(input: string): Sought {
  const text = input.trim();
  if (/^did:mapae:/i.test(text)) return { kind: "did", text: text.replace(/[#?/].*$/s, "") };
  if (/^did:/i.test(text)) return { kind: "foreignDid", text };
  if (/^0x[0-9a-f]{40}$/i.test(text)) return { kind: "address", text: text.toLowerCase() };
  if (/^0x[0-9a-f]{64}$/i.test(text)) return { kind: "hash", text: text.toLowerCase() };
  const list = /(0x[0-9a-f]{40})\/(0|[1-9][0-9]{0,77})(?:\/(?:revocation|suspension))?$/i.exec(text);
  if (list !== null) return { kind: "list", issuer: String(list[1]).toLowerCase(), number: String(list[2]) };
  if (/^[a-z][a-z0-9+.-]*:\S+$/i.test(text)) return { kind: "uri", text };
  return { kind: "label", text };
}

/** The address to which a search leads directly; `undefined` where nodes have to be asked. */
export function directHref(sought: Sought, network: string | undefined): string | undefined {
  if (sought.kind === "did") return hrefOf("did", { id: sought.text });
  if (sought.kind === "list") return hrefOf("list", { issuer: sought.issuer, number: sought.number });
  if (sought.kind === "address" && network !== undefined) {
    return hrefOf("did", { id: `did:mapae:${network}:${sought.text}` });
  }
  return undefined;
}
