import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Hex, toBytes } from "../../resolver/primitives/hex.ts";
import { readBlockHeader } from "../../resolver/proofs/block-header.ts";
import { BUNDLE_BOUNDS, readBundle } from "../../resolver/proofs/bundle.ts";
import { ProofError } from "../../resolver/proofs/proof-error.ts";
import { BundleTooLongError, readBundleFile } from "./file.ts";

/** The file names of bundles. */
export const BUNDLE_FILE = /\.bundle$/;

/** Most files of a folder that are read in one look. */
export const MAX_FILES = 100;

/** A file in the folder, with what is in it; or why that was not read. */
export type FoundBundle =
  | { readonly name: string; readonly bytes: Uint8Array }
  | { readonly name: string; readonly problem: BundleTooLongError };

/**
 * A folder in which bundles appear, such as the mount point of a USB stick. It may appear and disappear at any time. A file is
 * given once, and again when its size or time changes.
 */
export class BundleFolder {
  readonly #path: string;
  readonly #known = new Map<string, string>();

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Reads new files, in the order of their blocks, so that deltas follow the bundle that they continue; none while there is no
   * such folder. Each is read twice, once for its block and once for its bytes, so that the bytes of only one file are in
   * memory.
   */
  async *look(): AsyncGenerator<FoundBundle, void, void> {
    const names = (await readdir(this.#path).catch(() => [])).filter((name) => BUNDLE_FILE.test(name)).sort();
    for (const name of this.#known.keys()) if (!names.includes(name)) this.#known.delete(name);
    const found: { readonly name: string; readonly tag: string; readonly block: number }[] = [];
    for (const name of names) {
      if (found.length === MAX_FILES) break;
      // Links and special files are skipped: the owner of the stick controls what is on it.
      const about = await lstat(join(this.#path, name)).catch(() => undefined);
      if (about?.isFile() !== true || this.#known.get(name) === tagOf(about)) continue;
      if (about.size > BUNDLE_BOUNDS.bytes) {
        this.#known.set(name, tagOf(about));
        yield { name, problem: new BundleTooLongError(about.size) };
        continue;
      }
      const bytes = await this.#read(name);
      if (bytes !== undefined) found.push({ name, tag: tagOf(about), block: await blockOf(bytes) });
    }
    for (const { name, tag } of found.sort((a, b) => a.block - b.block)) {
      const bytes = await this.#read(name);
      if (bytes === undefined) continue;
      this.#known.set(name, tag);
      yield { name, bytes };
    }
  }

  /** Reads a file again at the next look, although it is the same. */
  forget(name: string): void {
    this.#known.delete(name);
  }

  /** @returns `undefined` where the stick was pulled out during the read: the file is read when it is back. */
  #read(name: string): Promise<Uint8Array | undefined> {
    return readBundleFile(join(this.#path, name)).catch(() => undefined);
  }
}

function tagOf({ size, mtimeMs }: { readonly size: number; readonly mtimeMs: number }): string {
  return `${size} ${mtimeMs}`;
}

/** A file that is no bundle comes last; the gate reports it. */
async function blockOf(bytes: Uint8Array): Promise<number> {
  try {
    const { envelope } = await readBundle(bytes);
    return readBlockHeader(toBytes(envelope.header as Hex)).number;
  } catch (error) {
    if (error instanceof ProofError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}
