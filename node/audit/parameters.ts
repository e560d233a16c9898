import { isMapaeDid, parseDid } from "../../resolver/did/did.ts";
import { parseUtcSeconds } from "../../resolver/primitives/date-time.ts";
import type { Address, Hash } from "../../resolver/primitives/hex.ts";
import type { Subject, SubjectKind } from "../../resolver/registry-event.ts";
import { MAX_LIST_SIZE } from "../../resolver/status/decode-status-log.ts";
import { IS_ID, type ListName, listNameOf } from "../http/names.ts";
import { AuditError } from "./audit-error.ts";
import { CHANGE_TYPES, type ChangeType } from "./changes/change.ts";
import type { WantedAsOf } from "./past/as-of.ts";

const KINDS = Object.keys(CHANGE_TYPES) as SubjectKind[];
const TYPES: readonly ChangeType[] = Object.values(CHANGE_TYPES).flat();

/** The parameters of a query: each is known and given once. */
export class Parameters {
  readonly #values: URLSearchParams;
  /** Name of the network that is served. */
  readonly #network: string;

  /**
   * @param query the text after the question mark.
   * @throws AuditError `AUDIT_PARAMETER` for a name that is not in `known`, or is given twice.
   */
  constructor(query: string, { known, network }: { readonly known: readonly string[]; readonly network: string }) {
    this.#values = new URLSearchParams(query);
    this.#network = network;
    const names = [...this.#values.keys()];
    for (const [at, name] of names.entries()) {
      if (!known.includes(name)) throw unknownName(name, known);
      if (names.indexOf(name) < at) throw wrong(name, this.#values.getAll(name).join(), "it once");
    }
  }

  address(name: string): Address | undefined {
    return this.#read(name, `an address in lower case, or a DID of ${this.#network}`, (text) =>
      addressOf(text, this.#network),
    );
  }

  hash(name: string): Hash | undefined {
    return this.#read(name, "0x and 64 hex digits in lower case", idOf);
  }

  kind(name: string): SubjectKind | undefined {
    return this.#read(name, `one of ${KINDS.join(", ")}`, (text) => KINDS.find((kind) => kind === text));
  }

  list(name: string): ListName | undefined {
    return this.#read(name, "the issuer's address and the list's number as 0x…/0", listNameOf);
  }

  changeType(name: string): ChangeType | undefined {
    return this.#read(name, `one of ${TYPES.join(", ")}`, (text) => TYPES.find((type) => type === text));
  }

  whole(name: string, min: number, max: number): number | undefined {
    return this.#read(name, `a whole number from ${min} to ${max}`, (text) => {
      const number = /^(?:0|[1-9][0-9]{0,14})$/.test(text) ? Number(text) : -1;
      return number >= min && number <= max ? number : undefined;
    });
  }

  /** A moment as Unix time in seconds. */
  moment(name: string): number | undefined {
    return this.#read(name, "a moment as YYYY-MM-DDTHH:MM:SSZ", secondsOf);
  }

  /** A text that matches a regular expression; `wanted` describes it in the error. */
  matching(name: string, pattern: RegExp, wanted: string): string | undefined {
    return this.#read(name, wanted, (text) => (pattern.test(text) ? text : undefined));
  }

  /** The parameter `asOf`: a block's number or a moment; by default the newest block. */
  asOf(): WantedAsOf {
    const wanted = "the number of a block, or a moment as YYYY-MM-DDTHH:MM:SSZ";
    const found = this.#read("asOf", wanted, (text): WantedAsOf | undefined => {
      if (/^(?:0|[1-9][0-9]{0,14})$/.test(text)) return { block: Number(text) };
      const time = secondsOf(text);
      return time === undefined ? undefined : { time };
    });
    return found ?? "newest";
  }

  #read<T>(name: string, wanted: string, read: (text: string) => T | undefined): T | undefined {
    const text = this.#values.get(name);
    if (text === null) return undefined;
    const value = read(text);
    if (value === undefined) throw wrong(name, text, wanted);
    return value;
  }
}

/** @throws AuditError `AUDIT_PARAMETER` when the parameter is missing. */
export function required<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new AuditError("AUDIT_PARAMETER", `The parameter ${name} is missing`);
}

/**
 * A subject from its kind and id in a path or query.
 * @throws AuditError `AUDIT_PARAMETER`
 */
export function subjectOf(kind: SubjectKind, id: string, network: string): Subject {
  const found = kind === "did" ? addressOf(id, network) : idOf(id);
  if (found !== undefined) return { kind, id: found };
  const wanted = kind === "did" ? `an address in lower case, or a DID of ${network}` : "0x and 64 hex digits";
  throw wrong("subject", id, wanted);
}

/** @throws AuditError `AUDIT_PARAMETER` */
export function kindOf(text: string): SubjectKind {
  const kind = KINDS.find((one) => one === text);
  if (kind === undefined) throw wrong("kind", text, `one of ${KINDS.join(", ")}`);
  return kind;
}

/**
 * The index of a status in a list.
 * @throws AuditError `AUDIT_PARAMETER`
 */
export function indexOf(text: string): number {
  const index = /^(?:0|[1-9][0-9]{0,6})$/.test(text) ? Number(text) : MAX_LIST_SIZE;
  if (index < MAX_LIST_SIZE) return index;
  throw wrong("index", text, `a whole number below ${MAX_LIST_SIZE}`);
}

function addressOf(text: string, network: string): Address | undefined {
  if (/^0x[0-9a-f]{40}$/.test(text)) return text as Address;
  if (!isMapaeDid(text)) return undefined;
  const did = parseDid(text);
  return did.network === network ? did.address : undefined;
}

function idOf(text: string): Hash | undefined {
  return IS_ID.test(text) ? (text as Hash) : undefined;
}

function secondsOf(text: string): number | undefined {
  const seconds = parseUtcSeconds(text);
  return seconds !== undefined && seconds >= 0 ? seconds : undefined;
}

function wrong(name: string, got: string, wanted: string): AuditError {
  const shown = JSON.stringify(got.slice(0, 100));
  return new AuditError("AUDIT_PARAMETER", `Got ${shown} as the parameter ${name.slice(0, 40)}, wanted ${wanted}`);
}

function unknownName(name: string, known: readonly string[]): AuditError {
  const wanted = known.length === 0 ? "none" : `one of ${known.join(", ")}`;
  return new AuditError("AUDIT_PARAMETER", `Got a parameter ${JSON.stringify(name.slice(0, 40))}, wanted ${wanted}`);
}
