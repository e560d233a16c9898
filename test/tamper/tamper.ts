import type { ProofEnvelope } from "../../resolver/proofs/envelope.ts";
import type { Random } from "../helpers/random.ts";

/** Envelopes that a liar has at hand besides the one that was asked for. */
export interface Hoard {
  /** Of the same subject at a block before. */
  readonly old: string;
  /** Of another subject, and of another network, at the same time. */
  readonly others: readonly string[];
}

type Lie = (envelope: ProofEnvelope, random: Random) => unknown;

/** What a node that knows the format does to an envelope. */
const LIES: Readonly<Record<string, Lie>> = {
  "drops an event": (envelope, random) => withEvents(envelope, (events) => events.toSpliced(at(events, random), 1)),
  "repeats an event": (envelope, random) =>
    withEvents(envelope, (events) => events.toSpliced(at(events, random), 0, ...events.slice(0, 1))),
  "swaps events": (envelope) => withEvents(envelope, (events) => events.toReversed()),
  "alters an event": (envelope, random) =>
    withEvents(envelope, (events) => events.map((event) => ({ ...event, data: otherHex(event.data, random) }))),
  "moves an event in time": (envelope) =>
    withEvents(envelope, (events) => events.map((event) => ({ ...event, time: event.time + 1 }))),
  "says that there is nothing": (envelope) => withEvents(envelope, () => []),
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

/** A body that a tampering proxy answers in place of an honest one. */
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

/** The same text with one printable character at a place. */
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

/** The same digits but for one, behind 0x. */
function otherHex(hex: string, random: Random): string {
  if (hex.length <= 2) return `${hex}00`;
  const place = random.whole(2, hex.length - 1);
  const digit = (Number.parseInt(hex[place] as string, 16) + random.whole(1, 15)) % 16;
  return `${hex.slice(0, place)}${digit.toString(16)}${hex.slice(place + 1)}`;
}

function at(items: readonly unknown[], random: Random): number {
  return random.whole(0, Math.max(0, items.length - 1));
}
