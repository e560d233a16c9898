import type { GateState } from "../api.ts";
import type { GateDecision } from "../check.ts";
import type { PolicyName } from "../policies.ts";
import type { GateRequest } from "../requests.ts";

/** A call of the page failed in the gate's program. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly code = "GATE_CALL_FAILED";
}

/** Calls to the gate's program on the same machine. */
export const calls = {
  state: () => call<GateState>("/state", {}),
  request: (place: PolicyName) => call<GateRequest>("/requests", { place }),
  answer: (place: PolicyName, text: string) => call<GateDecision & GateState>("/answers", { place, text }),
  takeFacts: () => call<GateState>("/facts", {}),
};

async function call<T>(path: string, body: object): Promise<T> {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new CallError(String(answer.message));
  return answer as T;
}
