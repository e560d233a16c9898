import { open } from "node:fs/promises";
import { MapaeError } from "../../resolver/errors.ts";
import { BUNDLE_BOUNDS } from "../../resolver/proofs/bundle.ts";

/** A file has more bytes than a bundle may have. */
export class BundleTooLongError extends MapaeError {
  readonly code = "BUNDLE_TOO_LONG";

  /** @param length in bytes, as far as the file was read. */
  constructor(length: number) {
    super(`It has ${length} bytes or more, at most ${BUNDLE_BOUNDS.bytes} are read`);
  }
}

/**
 * Reads a bundle's file; reading stops at the largest size of a bundle.
 * @throws Error of the file system; BundleTooLongError.
 */
export async function readBundleFile(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const parts: Buffer[] = [];
    let length = 0;
    for await (const part of file.createReadStream({ autoClose: false })) {
      length += part.length;
      if (length > BUNDLE_BOUNDS.bytes) throw new BundleTooLongError(length);
      parts.push(part as Buffer);
    }
    return new Uint8Array(Buffer.concat(parts));
  } finally {
    await file.close();
  }
}
