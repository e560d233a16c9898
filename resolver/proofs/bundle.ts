import * as z from "zod/mini";
import { type Hash, type Hex, toBytes } from "../primitives/hex.ts";
import { parseJson } from "../primitives/json.ts";
import { inflate } from "../status/inflate.ts";
import { StatusListError } from "../status/status-list-error.ts";
import { readBlockHeader } from "./block-header.ts";
import { envelopeSchema, type ProofEnvelope } from "./envelope.ts";
import { ProofError } from "./proof-error.ts";

/** Bounds of a bundle, in bytes: compressed, and as JSON. The issuers of a country need a hundredth of it. */
export const BUNDLE_BOUNDS = { bytes: 16_777_216, json: 67_108_864 } as const;

/** Media type of a bundle, which is JSON compressed by gzip. */
export const BUNDLE_MEDIA_TYPE = "application/vnd.mapae.bundle+gzip";

const hash = z.string().check(z.regex(/^0x[0-9a-f]{64}$/));

/** The schema of {@link Bundle}. */
export const bundleSchema = z.strictObject({
  format: z.literal("mapae-bundle"),
  version: z.literal(1),
  /** For a delta, the block of the bundle that it continues: of subjects that existed then it has only the later events. */
  since: z.nullable(z.strictObject({ number: z.int().check(z.minimum(0)), hash })),
  envelope: envelopeSchema,
});

/**
 * A file with all that a verifier without a network connection needs for some credential types: one envelope with all their
 * issuers, grants and lists. The types are the `type` subjects of the envelope. A delta has what is new since a block.
 */
export type Bundle = z.output<typeof bundleSchema>;

/** A bundle with an envelope, or a delta since a block. */
export function bundleOf(envelope: ProofEnvelope, since: Bundle["since"] = null): Bundle {
  return { format: "mapae-bundle", version: 1, since, envelope };
}

/**
 * Reads a bundle's bytes: gzip of JSON. Only its format is checked, not its proofs.
 * @throws ProofError `PROOF_FORMAT`
 */
export async function readBundle(bytes: Uint8Array): Promise<Bundle> {
  const length = jsonLength(bytes);
  const parsed = bundleSchema.safeParse(await jsonOf(bytes, length));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(`at ${issue?.path.join(".") || "its top"}: ${issue?.message}`);
}

/**
 * The length of a bundle's JSON in bytes, as its gzip states it (RFC 1952, section 2.3.1: the last four bytes). Inflating stops
 * there.
 * @throws ProofError `PROOF_FORMAT` for a bundle beyond {@link BUNDLE_BOUNDS}.
 */
export function jsonLength(bytes: Uint8Array): number {
  if (bytes.length > BUNDLE_BOUNDS.bytes)
    throw malformed(`it has ${bytes.length} bytes, more than ${BUNDLE_BOUNDS.bytes}`);
  if (bytes.length < SHORTEST_GZIP || bytes[0] !== 0x1f || bytes[1] !== 0x8b)
    throw malformed("it is no gzip, which begins with the bytes 1f 8b");
  const length = new DataView(bytes.buffer, bytes.byteOffset + bytes.length - 4).getUint32(0, true);
  if (length > BUNDLE_BOUNDS.json)
    throw malformed(
      `its last four bytes state ${length} bytes of JSON, more than ${BUNDLE_BOUNDS.json}: is it cut off?`,
    );
  return length;
}

/** The compressed bytes of a bundle. */
export async function writeBundle(bundle: Bundle): Promise<Uint8Array> {
  const stream = new Blob([JSON.stringify(bundle)]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/**
 * The envelope of a bundle and a delta together, as of the delta's block and not verified yet. Events of the delta that the
 * bundle already has are skipped, so that deltas with overlapping periods can follow each other as long as each one continues.
 *
 * @param held a verified envelope.
 * @throws ProofError `PROOF_DELTA` when the delta starts after the held block, starts at another block of the same height, or
 * does not end after the held block.
 */
export function withDelta(held: ProofEnvelope, { since, envelope }: Bundle): ProofEnvelope {
  const [from, to] = [blockOf(held), blockOf(envelope)];
  if (since === null) throw new ProofError("PROOF_DELTA", "It is a whole bundle and no delta");
  if (since.number > from.number) throw unfit(`it goes on from block ${since.number}, held is ${from.number}`);
  if (since.number === from.number && since.hash !== from.hash)
    throw unfit(`it goes on from block ${since.hash}, held is ${from.hash}`);
  if (to.number <= from.number) throw unfit(`it is of block ${to.number}, held is ${from.number}`);
  const subjects = new Map(held.subjects.map((subject) => [subject.kind + subject.id, subject]));
  for (const subject of envelope.subjects) {
    const key = subject.kind + subject.id;
    const known = subjects.get(key);
    if (known === undefined) subjects.set(key, subject);
    else {
      const later = subject.events.filter(({ block }) => block > from.number);
      subjects.set(key, { ...known, events: [...known.events, ...later] });
    }
  }
  const accreditations = new Map(
    [...(held.accreditations ?? []), ...(envelope.accreditations ?? [])].map((one) => [one.subject + one.typeId, one]),
  );
  return {
    ...envelope,
    handovers: [...held.handovers, ...envelope.handovers.filter((rlp) => numberOf(rlp) > from.number)],
    nodes: [...new Set([...held.nodes, ...envelope.nodes])],
    subjects: [...subjects.values()],
    identities: [...new Set([...held.identities, ...envelope.identities])],
    ...(accreditations.size > 0 && { accreditations: [...accreditations.values()] }),
  };
}

/** Shortest gzip: a header of 10 bytes and a trailer of 8. */
const SHORTEST_GZIP = 18;

async function jsonOf(bytes: Uint8Array, length: number): Promise<unknown> {
  try {
    return parseJson(await inflate(bytes, "gzip", length));
  } catch (cause) {
    if (
      !(
        cause instanceof StatusListError ||
        cause instanceof SyntaxError ||
        cause instanceof RangeError ||
        cause instanceof TypeError
      )
    )
      throw cause;
    throw malformed(`it is no JSON in gzip (${cause.message})`, cause);
  }
}

function numberOf(rlp: string): number {
  return readBlockHeader(toBytes(rlp as Hex)).number;
}

function blockOf({ header }: ProofEnvelope): { readonly number: number; readonly hash: Hash } {
  return readBlockHeader(toBytes(header as Hex));
}

function malformed(why: string, cause?: unknown): ProofError {
  return new ProofError("PROOF_FORMAT", `The bundle is malformed: ${why}`, { cause });
}

function unfit(why: string): ProofError {
  return new ProofError("PROOF_DELTA", `The delta does not follow what is held: ${why}. Take a whole bundle`);
}
