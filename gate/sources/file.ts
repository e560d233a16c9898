import { open } from "node:fs/promises";
import { BUNDLE_BOUNDS } from "../../resolver/proofs/bundle.ts";

/**
 * Reads a bundle's file; what is longer than a bundle may be is not read on.
 * @throws Error of the file system; RangeError when it is too long.
 */
export async function readBundleFile(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of file.createReadStream({ autoClose: false })) {
      length += part.length;
      if (length > BUNDLE_BOUNDS.bytes) throw new RangeError(`${path} is longer than ${BUNDLE_BOUNDS.bytes} bytes`);
      parts.push(part as Buffer);
    }
    return new Uint8Array(Buffer.concat(parts));
  } finally {
    await file.close();
  }
}
