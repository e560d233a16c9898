import type { ProofEnvelope } from "../../resolver/proofs/envelope.ts";
import type { Random } from "../helpers/random.ts";

/** Further valid envelopes that a lying node can return instead of the requested one. */
export interface Hoard {
  /** An envelope of the same subject as of an earlier block. */
  readonly old: string;
  /** Envelopes of other subjects, and one of another network, as of the same block. */
  readonly others: readonly string[];
}

type Lie = (envelope: ProofEnvelope, random: Random) => unknown;

/** Alterations of an envelope by a node that knows the format. */
const LIES: Readonly<Record<string, Lie>> = {
  "drops an event": (envelope, random) => withEvents(envelope, (events) => events.toSpliced(at(events, random), 1)),
  "repeats an event": (envelope, random) =>
    withEvents(envelope, (events) => events.toSpliced(at(events, random), 0, ...events.slice(0, 1))),
  "swaps events": (envelope) => withEvents(envelope, (events) => events.toReversed()),
  "alters an event": (envelope, random) =>
    withEvents(envelope, (events) => events.map((event) => ({ ...event, data: otherHex(event.data, random) }))),
  "moves an event in time": (envelope) =>
    withEvents(envelope, (events) => events.map((event) => ({ ...event, time: event.time + 1 }))),
  "claims that there are no events": (envelope) => withEvents(envelope, () => []),
  "renames the subject": (envelope, random) => ({
    ...envelope,
    subjects: envelope.subjects.map((subject) => ({ ...subject, id: otherHex(subject.id, random) })),
  }),
  "leaves out the subject": (envelope) => ({ ...envelope, subjects: [] }),
  "leaves out a node": (envelope, random) => ({
    ...envelope,
    nodes: envelope.nodes.toSpliced(at(envelope.nodes, random), 1),
  }),
  "alters a node": (envelope, random) => {
    const where = at(envelope.nodes, random);
    return { ...envelope, nodes: envelope.nodes.map((node, one) => (one === where ? otherHex(node, random) : node)) };
  },
  "reorders the nodes": (envelope) => ({ ...envelope, nodes: envelope.nodes.toReversed() }),
  "alters the header": (envelope, random) => ({ ...envelope, header: otherHex(envelope.header, random) }),
  "leaves out the attestations": (envelope) => ({ ...envelope, attestations: [] }),
  "claims another network": (envelope) => ({ ...envelope, network: "gov-00000000" }),
  "claims another version": (envelope) => ({ ...envelope, version: 2 }),
};

/** Returns the body with which the proxy replaces an honest one. */
export function tamper(body: string, hoard: Hoard, random: Random): string {
  const roll = random.next();
  if (roll < 0.1) return body;
  if (roll < 0.2) return hoard.old;
  if (roll < 0.3) return random.pick(hoard.others);
  if (roll < 0.4) return body.slice(0, random.whole(0, body.length));
  if (roll < 0.7) return otherByte(body, random);
  const lie = random.pick(Object.values(LIES));
  return JSON.stringify(lie(JSON.parse(body) as ProofEnvelope, random));
}

/** Replaces one character of a text by a random printable one; at a random position unless `place` is given. */
export function otherByte(text: string, random: Random, place = random.whole(0, text.length - 1)): string {
  return `${text.slice(0, place)}${String.fromCharCode(random.whole(0x20, 0x7e))}${text.slice(place + 1)}`;
}

function withEvents(
  envelope: ProofEnvelope,
  change: (events: ProofEnvelope["subjects"][number]["events"]) => unknown,
): unknown {
  return {
    ...envelope,
    subjects: envelope.subjects.map((subject) => ({ ...subject, events: change(subject.events) })),
  };
}

/** Replaces one random hex digit after 0x by another one. */
function otherHex(hex: string, random: Random): string {
  if (hex.length <= 2) return `${hex}00`;
  const place = random.whole(2, hex.length - 1);
  const digit = (Number.parseInt(hex[place] as string, 16) + random.whole(1, 15)) % 16;
  return `${hex.slice(0, place)}${digit.toString(16)}${hex.slice(place + 1)}`;
}

function at(items: readonly unknown[], random: Random): number {
  return random.whole(0, Math.max(0, items.length - 1));
}
