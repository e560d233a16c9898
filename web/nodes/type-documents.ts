import { hexOf } from "../../resolver/primitives/hex.ts";
import { keccak256, keccak256Text } from "../../resolver/primitives/keccak.ts";
import type { Context } from "../view.ts";
import { LANGUAGES, type Language } from "../words/words.ts";
import { AnswerError } from "./asking.ts";
import { listOf, member, textOf } from "./json.ts";

/** A credential type from a node's answer. */
export interface NodeType {
  readonly id: string;
  readonly uri: string;
  readonly schemaUri: string;
  readonly schemaHash: string;
}

/**
 * A type with its names by language, from its document with the hash on the chain; without names where there is no such
 * document.
 */
export interface NamedType extends NodeType {
  readonly names: ReadonlyMap<Language, string>;
}

/**
 * The document of a type: `same` means that it has the hash on the chain, `none` that the node does not serve it, and `unknown`
 * that it could not be asked.
 */
export type TypeDocument =
  | { readonly kind: "same" | "other"; readonly text: string }
  | { readonly kind: "none" | "unknown" };

/** Most types that are shown, those of them whose documents are requested, and the longest name that is shown. */
const [MAX_TYPES, MAX_NAMED, MAX_NAME] = [1_000, 30, 60];

/**
 * All types of a node's answer.
 * @throws Error when it can't be asked, which does not mean that there are none.
 */
export async function typesAt(node: string, { asking }: Pick<Context, "asking">): Promise<readonly NodeType[]> {
  const answer = await asking.json(`${node}/types`);
  return listOf(member(answer, "types")).slice(0, MAX_TYPES).flatMap(typeIn);
}

/**
 * One type of a node's answer, whose id is the hash of its URI; `undefined` when the node says that it does not exist.
 * @throws Error when it can't be asked.
 */
export async function typeAt(
  node: string,
  id: string,
  { asking }: Pick<Context, "asking">,
): Promise<NodeType | undefined> {
  let answer: unknown;
  try {
    answer = await asking.json(`${node}/types/${id}`);
  } catch (error) {
    if (error instanceof AnswerError && error.code === "TYPE_NOT_FOUND") return undefined;
    throw error;
  }
  const [type] = typeIn(member(answer, "type"));
  if (type?.id === id && keccak256Text(type.uri) === id) return type;
  throw new Error("The node answered about another type");
}

function typeIn(value: unknown): NodeType[] {
  const [id, uri, schemaUri = "", schemaHash = ""] = ["typeId", "uri", "schemaUri", "schemaHash"].map((name) =>
    textOf(member(value, name)),
  );
  return id === undefined || uri === undefined ? [] : [{ id, uri, schemaUri, schemaHash }];
}

/** All types of a node's answer, with their names. @throws Error when it can't be asked. */
export async function namedTypesAt(node: string, context: Pick<Context, "asking">): Promise<readonly NamedType[]> {
  const types = await typesAt(node, context);
  return Promise.all(
    types.map(async (type, at) => ({
      ...type,
      names: at < MAX_NAMED ? namesIn(await documentOf(node, type, context)) : new Map(),
    })),
  );
}

/** Fetches the document of a type from a node, which serves it at the path of its URI; no other domain is asked. */
export async function documentOf(
  node: string,
  { schemaUri, schemaHash }: Pick<NodeType, "schemaUri" | "schemaHash">,
  { asking }: Pick<Context, "asking">,
): Promise<TypeDocument> {
  if (!URL.canParse(schemaUri)) return { kind: "none" };
  try {
    const url = `${node}${new URL(schemaUri).pathname}`;
    const response = await asking.fetch(url, { headers: { accept: "application/json" } });
    if (response.status !== 200) return { kind: response.status === 404 ? "none" : "unknown" };
    const bytes = new Uint8Array(await response.arrayBuffer());
    return { kind: keccak256(hexOf(bytes)) === schemaHash ? "same" : "other", text: new TextDecoder().decode(bytes) };
  } catch {
    return { kind: "unknown" };
  }
}

/** The names of a type by language, from the `display` of its metadata (SD-JWT VC, section "Display Metadata"). */
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

/** Whether a name may be shown: it has no control or direction characters and fits on a line. */
function isShown(name: string): boolean {
  return name !== "" && name.length <= MAX_NAME && !/\p{C}/u.test(name);
}
