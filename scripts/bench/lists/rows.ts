import type { Row } from "../measuring/row.ts";
import type { Sizes } from "../sizes.ts";
import { casesOf } from "./cases.ts";
import { encodingRows } from "./encoding.ts";
import { revocationRows } from "./revocations.ts";
import { servedListRows } from "./served.ts";
import { verifierRows } from "./verifier.ts";

/**
 * Encoding and signing lists, against a library of the W3C's format that only encodes; verifying their tokens and their size,
 * against zlib; and serving them, against bare `node:http`.
 */
export async function listRows(sizes: Sizes["lists"]): Promise<Row[]> {
  const rows: Row[] = [];
  for (const one of casesOf(sizes.together)) {
    rows.push(
      ...(await encodingRows(one, sizes.rounds)),
      ...(one.lists === 1 ? await verifierRows(one, sizes.rounds) : []),
    );
  }
  return [...rows, ...(await revocationRows(sizes.revocationRounds)), ...(await servedListRows(sizes))];
}
