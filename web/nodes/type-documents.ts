import { hexOf } from "../../resolver/primitives/hex.ts";
import { keccak256 } from "../../resolver/primitives/keccak.ts";
import type { Context } from "../view.ts";
import { LANGUAGES, type Language } from "../words/words.ts";
import { listOf, member, textOf } from "./json.ts";

/** A credential type as a node tells it. */
export interface NodeType {
  readonly id: string;
  readonly uri: string;
  readonly schemaUri: string;
  readonly schemaHash: string;
}

/** A type with what it is called, by its document with the hash that the chain has; by language, none where there is no such document. */
export interface NamedType extends NodeType {
  readonly names: ReadonlyMap<Language, string>;
}

/** The document of a type: `same` has the hash that the chain has of it. */
export type TypeDocument = { readonly kind: "same" | "other"; readonly text: string } | { readonly kind: "none" };

/** Most types whose documents are asked for at once, and characters of a name that are shown. */
const [MAX_NAMED, MAX_NAME] = [30, 60];

/** All types that a node tells; none where it can't be asked. */
export async function typesAt(node: string, { asking }: Pick<Context, "asking">): Promise<readonly NodeType[]> {
  const answer = await asking.json(`${node}/types`).catch(() => undefined);
  return listOf(member(answer, "types")).flatMap((one) => {
    const [id, uri, schemaUri = "", schemaHash = ""] = ["typeId", "uri", "schemaUri", "schemaHash"].map((name) =>
      textOf(member(one, name)),
    );
    return id === undefined || uri === undefined ? [] : [{ id, uri, schemaUri, schemaHash }];
  });
}

/** The same, with what each of them is called. */
export async function namedTypesAt(node: string, context: Pick<Context, "asking">): Promise<readonly NamedType[]> {
  const types = await typesAt(node, context);
  return Promise.all(
    types.map(async (type, at) => ({
      ...type,
      names: at < MAX_NAMED ? namesIn(await documentOf(node, type, context)) : new Map(),
    })),
  );
}

/** A node serves the documents of types at the paths of their URIs; another domain is not asked. */
export async function documentOf(
  node: string,
  { schemaUri, schemaHash }: Pick<NodeType, "schemaUri" | "schemaHash">,
  { asking }: Pick<Context, "asking">,
): Promise<TypeDocument> {
  if (!URL.canParse(schemaUri)) return { kind: "none" };
  try {
    const url = `${node}${new URL(schemaUri).pathname}`;
    const response = await asking.fetch(url, { headers: { accept: "application/json" } });
    if (response.status !== 200) return { kind: "none" };
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { kind: keccak256(hexOf(bytes)) === schemaHash ? "same" : "other", text: new TextDecoder().decode(bytes) };
  } catch {
    return { kind: "none" };
  }
}

/** What a type is called in each language, by the `display` of its metadata (SD-JWT VC, section "Display Metadata"). */
export function namesIn(document: TypeDocument): ReadonlyMap<Language, string> {
  if (document.kind !== "same") return new Map();
  let metadata: unknown;
  try {
    metadata = JSON.parse(document.text);
  } catch {
    return new Map();
  }
  const displays = listOf(member(metadata, "display"));
  return new Map(
    LANGUAGES.flatMap((language): [Language, string][] => {
      const own = displays.find((one) => {
        const locale = textOf(member(one, "locale")) ?? textOf(member(one, "lang")) ?? "";
        return locale === language || locale.startsWith(`${language}-`);
      });
      const name = textOf(member(own, "name"))?.trim();
      return name === undefined || !isShown(name) ? [] : [[language, name]];
    }),
  );
}

/** A name that has no control characters and none that turn text around, and is not too long for a line. */
function isShown(name: string): boolean {
  return name !== "" && name.length <= MAX_NAME && !/\p{C}/u.test(name);
}
