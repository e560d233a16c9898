import type { Row } from "../measuring/row.ts";
import { casesOf } from "./cases.ts";
import { encodingRows } from "./encoding.ts";
import { revocationRows } from "./revocations.ts";
import { servedListRows } from "./served.ts";
import { verifierRows } from "./verifier.ts";

/** Encoding and signing lists, against the W3C's own library, which only encodes, and against zlib; serving and checking them. */
export async function listRows(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const one of casesOf(process.env)) {
    rows.push(...(await encodingRows(one)), ...(one.lists === 1 ? await verifierRows(one) : []));
  }
  return [...rows, ...(await revocationRows()), ...(await servedListRows())];
}
