import * as z from "zod";
import { takeBundle } from "./bundle.ts";
import { check, type GateDecision, MAX_ANSWER } from "./check.ts";
import type { Counts, GateCounts } from "./counts.ts";
import type { Place } from "./place.ts";
import { POLICY_NAMES, type PolicyName } from "./policies.ts";
import type { GateRequest, GateRequests } from "./requests.ts";

const place = z.enum(POLICY_NAMES);
const requestSchema = z.strictObject({ place });
const answerSchema = z.strictObject({ place, text: z.string().max(MAX_ANSWER) });

/** Options of the calls from a gate's page to its program on the same machine. */
export interface GateApiOptions {
  readonly nodes: readonly string[];
  readonly places: Readonly<Record<PolicyName, Place>>;
  readonly requests: GateRequests;
  readonly counts: GateCounts;
}

/** The state of a gate. */
export interface GateState {
  /** Unix time of the block that its bundle proves; 0 when it has none. */
  readonly factsAt: number;
  readonly counts: Counts;
}

/** A call of the page that breaks its format. */
export class GateCallError extends Error {
  readonly code = "GATE_CALL";
  override readonly name = "GateCallError";
}

/** The calls of the page, by path. Only `/facts` uses the network, and only when its button is pressed. */
export function gateApi({ nodes, places, requests, counts }: GateApiOptions) {
  const all = Object.values(places);
  const state = (): GateState => ({
    factsAt: Math.min(...all.map(({ gate }) => gate.status().asOf?.time ?? 0)),
    counts: counts.current,
  });
  return {
    "/state": async (): Promise<GateState> => state(),
    "/requests": async (body: unknown): Promise<GateRequest> => requests.make(places[read(requestSchema, body).place]),
    async "/answers"(body: unknown): Promise<GateDecision & GateState> {
      const { place, text } = read(answerSchema, body);
      const { policy, gate, copies } = places[place];
      const decision = await check(text, { policy, requests, gate, copies });
      await counts.add(place, decision);
      return { ...decision, ...state() };
    },
    async "/facts"(): Promise<GateState> {
      await takeBundle(all, nodes);
      return state();
    },
  };
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new GateCallError(`Got another call than the gate's page makes: ${z.prettifyError(parsed.error)}`);
}
