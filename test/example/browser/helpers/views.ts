import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Everything that a party received, stores or logs, by its place. */
export type View = ReadonlyMap<string, Buffer>;

/**
 * Every file below a folder, as its bytes are on the disk. A program that works there may replace a file: then all are read
 * once more.
 */
export async function filesIn(folder: string): Promise<Map<string, Buffer>> {
  for (;;) {
    try {
      return await readFiles(folder);
    } catch (error) {
      if (!existsSync(folder) || (error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
}

async function readFiles(folder: string): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files.set(path, await readFile(path));
  }
  return files;
}

/** A secret that must not be seen: its name and its text. */
export interface Secret {
  readonly what: string;
  readonly text: string;
}

/** Where secrets are found in a view, in plain text, in a URL, in base64url at any of its three alignments, or in hex. */
export function found(view: View, secrets: readonly Secret[]): string[] {
  const hits: string[] = [];
  for (const [where, bytes] of view) {
    const haystack = bytes.toString("latin1");
    for (const { what, text } of secrets) {
      if (formsOf(text).some((form) => haystack.includes(form))) hits.push(`${what} in ${where}`);
    }
  }
  return hits;
}

function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const plain = bytes.toString("latin1");
  const inner = [0, 1, 2].map((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64url");
    // The first and the last characters depend on what is beside the text.
    return encoded.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6));
  });
  return [plain, encodeURIComponent(text), bytes.toString("hex"), ...inner];
}

/** Every text and number of a presentation that has at least eight bytes: in its JWTs, its disclosures, its signatures. */
export function valuesOf(presentation: string): Set<string> {
  const values = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === "object" && value !== null) for (const one of Object.values(value)) add(one);
    else if (Buffer.byteLength(String(value)) >= 8) values.add(String(value));
  };
  for (const part of presentation.split("~").filter((one) => one !== "")) {
    if (!part.includes(".")) {
      values.add(part);
      add(JSON.parse(Buffer.from(part, "base64url").toString()));
      continue;
    }
    const [header = "", payload = "", signature = ""] = part.split(".");
    for (const one of [header, payload]) add(JSON.parse(Buffer.from(one, "base64url").toString()));
    values.add(signature).add(header).add(payload);
  }
  return values;
}
