import {
  type Bundle,
  dateTime,
  decodeTrustLog,
  type Hash,
  type Hex,
  type ProofEnvelope,
} from "../../resolver/index.ts";
import { toBytes, ZERO_HASH } from "../../resolver/primitives/hex.ts";
import { readBlockHeader } from "../../resolver/proofs/block-header.ts";
import { linesOf } from "../terminal/printable.ts";

/** A summary of a bundle. */
export interface DescribedBundle {
  readonly network: string;
  readonly block: number;
  readonly hash: Hash;
  readonly time: string;
  /** For a delta, the block of the bundle that it continues. */
  readonly since: number | null;
  readonly types: readonly string[];
  readonly issuers: number;
  readonly grants: number;
  readonly lists: number;
  readonly events: number;
}

/** Describes a bundle without verifying it. */
export function describeBundle({ since, envelope }: Bundle): DescribedBundle {
  const { number, hash, time } = readBlockHeader(toBytes(envelope.header as Hex));
  const count = (wanted: string) => envelope.subjects.filter(({ kind }) => kind === wanted).length;
  return {
    network: envelope.network,
    block: number,
    hash,
    time: dateTime(time),
    since: since?.number ?? null,
    types: typesOf(envelope),
    issuers: count("did"),
    grants: count("grant"),
    lists: count("list"),
    events: envelope.subjects.reduce((sum, { events }) => sum + events.length, 0),
  };
}

/** The description as text. */
export function bundleInWords(described: DescribedBundle, bytes: number): string {
  const { network, block, hash, time, since, types, issuers, grants, lists, events } = described;
  return linesOf([
    since === null ? "A whole bundle" : `A delta since block ${since}`,
    `  network  ${network}`,
    `  block    ${block} (${hash})`,
    `  time     ${time}`,
    ...types.map((type) => `  type     ${type}`),
    `  holds    issuers: ${issuers}, grants: ${grants}, status lists: ${lists}, events: ${events}`,
    `  size     ${bytes} bytes`,
  ]);
}

/** URIs of its types, each from the only event of the type. */
function typesOf({ subjects }: ProofEnvelope): string[] {
  return subjects
    .filter(({ kind }) => kind === "type")
    .flatMap(({ events }) =>
      events.map(({ block, time, topics, data }) => {
        const place = { blockNumber: block, blockHash: ZERO_HASH, transactionHash: ZERO_HASH, logIndex: 0 };
        const event = decodeTrustLog({ address: "0x", topics: topics as Hash[], data: data as Hex, ...place }, time);
        return event.type === "typeAdded" ? event.uri : event.grantId;
      }),
    );
}
