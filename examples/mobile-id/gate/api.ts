import * as z from "zod";
import type { Network } from "../shared/take-evidence.ts";
import { check, type GateDecision, MAX_ANSWER } from "./check.ts";
import type { Counts, GateCounts } from "./counts.ts";
import type { GateFacts } from "./facts.ts";
import { POLICY_NAMES, type PolicyName } from "./policies.ts";
import { type Asker, clientIdOf, type GateRequest, type GateRequests } from "./requests.ts";

const place = z.enum(POLICY_NAMES);
const requestSchema = z.strictObject({ place });
const answerSchema = z.strictObject({ place, text: z.string().max(MAX_ANSWER) });

/** What the page of a gate may ask of its program, on the same machine. */
export interface GateApiOptions {
  readonly network: Network;
  readonly issuers: readonly string[];
  readonly askers: Readonly<Record<PolicyName, Asker>>;
  readonly requests: GateRequests;
  readonly facts: GateFacts;
  readonly counts: GateCounts;
  /** The gate's clock, in Unix seconds. */
  readonly now: () => number;
}

/** How a gate stands. */
export interface GateState {
  readonly factsAt: number;
  readonly counts: Counts;
}

/** A call of the page that breaks its format. */
export class GateCallError extends Error {
  readonly code = "GATE_CALL";
  override readonly name = "GateCallError";
}

/** The calls of the page, by path. Only `/facts` goes to the network, and only when somebody presses its button. */
export function gateApi(options: GateApiOptions) {
  const { network, issuers, askers, requests, facts, counts, now } = options;
  const state = (): GateState => ({ factsAt: facts.current.at, counts: counts.current });
  return {
    "/state": async (): Promise<GateState> => state(),
    "/requests": async (body: unknown): Promise<GateRequest> => requests.make(askers[read(requestSchema, body).place]),
    async "/answers"(body: unknown): Promise<GateDecision & GateState> {
      const { place, text } = read(answerSchema, body);
      const asker = askers[place];
      const { answers } = facts.current;
      const clientId = clientIdOf(asker);
      const decision = await check(text, { policy: asker.policy, clientId, requests, network, answers, now });
      await counts.add(place, decision);
      return { ...decision, ...state() };
    },
    async "/facts"(): Promise<GateState> {
      await facts.take(network, issuers);
      return state();
    },
  };
}

function read<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new GateCallError(`Got another call than the gate's page makes: ${z.prettifyError(parsed.error)}`);
}
