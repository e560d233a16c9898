import * as z from "zod/mini";
import { ProofError } from "./proof-error.ts";

/** Bounds of an envelope, or of the envelope in a bundle. */
export const ENVELOPE_BOUNDS = { handovers: 1_000, nodes: 200_000, subjects: 20_000, events: 200_000 } as const;

const HASH = /^0x[0-9a-f]{64}$/;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const hash = z.string().check(z.regex(HASH));
const bytes = z.string().check(z.regex(/^0x(?:[0-9a-f]{2})*$/));
const number = z.int().check(z.minimum(0));

const event = z.strictObject({
  block: number,
  time: number,
  topics: z.array(hash).check(z.minLength(1), z.maxLength(4)),
  data: bytes,
});

const subject = z.strictObject({
  kind: z.enum(["did", "type", "grant", "list"]),
  id: z.string().check(z.regex(/^0x(?:[0-9a-f]{40}|[0-9a-f]{64})$/)),
  /**
   * For a list whose events begin with a checkpoint: its issuer and number, its head before the checkpoint, and its bitmaps
   * then.
   */
  checkpoint: z.optional(
    z.strictObject({
      issuer: z.string().check(z.regex(ADDRESS)),
      number: z.string().check(z.regex(/^(?:0|[1-9]\d{0,77})$/)),
      prior: hash,
      revoked: z.base64url(),
      suspended: z.base64url(),
    }),
  ),
  events: z.array(event),
});

const accreditation = z.strictObject({ subject: z.string().check(z.regex(ADDRESS)), typeId: hash });

/** The schema of {@link ProofEnvelope}. */
export const envelopeSchema = z.strictObject({
  version: z.literal(1),
  network: z.string(),
  header: bytes,
  attestations: z.array(z.string()),
  handovers: z.array(bytes).check(z.maxLength(ENVELOPE_BOUNDS.handovers)),
  nodes: z.array(bytes).check(z.maxLength(ENVELOPE_BOUNDS.nodes)),
  subjects: z.array(subject).check(z.maxLength(ENVELOPE_BOUNDS.subjects)),
  /** DIDs for which only a deactivation, or that there is none, is proven. */
  identities: z.array(z.string().check(z.regex(ADDRESS))).check(z.maxLength(ENVELOPE_BOUNDS.subjects)),
  /** Pairs of a DID and a type for which the complete list of the grants that the DID accepted is proven. */
  accreditations: z.exactOptional(z.array(accreditation).check(z.maxLength(ENVELOPE_BOUNDS.subjects))),
});

/**
 * A proof of the states of some subjects of a network as of one block: the block's header with its seals, nodes of the state
 * tree, and each subject's events. All binary members are `0x` and lower-case hex digits, bitmaps are base64url of zlib.
 */
export type ProofEnvelope = z.output<typeof envelopeSchema>;
/** A subject's part of an envelope. */
export type EnvelopeSubject = ProofEnvelope["subjects"][number];

/**
 * Checks the format of a parsed envelope; {@link verifyEnvelope} checks its proofs.
 * @throws ProofError `PROOF_FORMAT`
 */
export function parseEnvelope(input: unknown): ProofEnvelope {
  const parsed = envelopeSchema.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ProofError(
      "PROOF_FORMAT",
      `The envelope is malformed at ${issue?.path.join(".") || "its top"}: ${issue?.message}`,
    );
  }
  const events = parsed.data.subjects.reduce((sum, { events }) => sum + events.length, 0);
  if (events > ENVELOPE_BOUNDS.events) {
    throw new ProofError("PROOF_FORMAT", `The envelope has ${events} events, more than ${ENVELOPE_BOUNDS.events}`);
  }
  return parsed.data;
}
