import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { MapaeError } from "../../resolver/errors.ts";
import type { Hash } from "../../resolver/primitives/hex.ts";
import { keccak256Bytes } from "../../resolver/primitives/keccak.ts";
import { boundedFile } from "../files/bounded-file.ts";

/** Maximum number of documents that a node serves, and maximum bytes of one. */
export const MAX_TYPE_DOCUMENTS = 1_000;
export const MAX_TYPE_DOCUMENT_BYTES = 262_144;

/** A folder of type documents can't be read, or has an invalid document. The message names the file and says what to do. */
export class TypeDocumentError extends MapaeError {
  readonly code = "TYPE_DOCUMENT";
}

/** Documents of types by the keccak256 of their bytes, which is the type's `schemaHash` on the chain. */
export type TypeDocuments = ReadonlyMap<Hash, Buffer>;

/**
 * Reads all `.json` files of a folder and its subfolders. Names have no meaning: the hash of a document determines its type.
 *
 * @throws TypeDocumentError
 */
export async function readTypeDocuments(directory: string): Promise<TypeDocuments> {
  const documents = new Map<Hash, Buffer>();
  for (const path of await jsonFiles(directory)) {
    const read = await reading(path, () => boundedFile(path, MAX_TYPE_DOCUMENT_BYTES));
    if (read === undefined) throw new TypeDocumentError(`${path} has more than ${MAX_TYPE_DOCUMENT_BYTES} bytes`);
    const bytes = Buffer.from(read);
    expectJson(path, bytes);
    documents.set(keccak256Bytes(bytes), bytes);
  }
  return documents;
}

async function jsonFiles(directory: string): Promise<string[]> {
  const all = await reading(directory, () => readdir(directory, { recursive: true }));
  const files = all.filter((name) => name.endsWith(".json"));
  if (files.length <= MAX_TYPE_DOCUMENTS) return files.sort().map((name) => join(directory, name));
  throw new TypeDocumentError(`${directory} has ${files.length} JSON files, wanted at most ${MAX_TYPE_DOCUMENTS}`);
}

/** The documents are served as JSON, so they have to be JSON. */
function expectJson(path: string, bytes: Uint8Array): void {
  try {
    JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TypeDocumentError(`${path} is no JSON in UTF-8: ${(cause as Error).message}`, { cause });
  }
}

async function reading<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw new TypeDocumentError(`Can't read ${path} of MAPAE_TYPES_DIR: ${(cause as Error).message}`, { cause });
  }
}
