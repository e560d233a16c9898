import { isError } from "ethers";

/** The message of the JSON-RPC error that ethers could make nothing of; `undefined` when the chain gave none. */
export function rpcMessage(error: unknown): string | undefined {
  if (!isError(error, "UNKNOWN_ERROR")) return undefined;
  const { error: answer } = error as unknown as { error?: { message?: unknown } };
  return typeof answer?.message === "string" ? answer.message : undefined;
}

/** The method of JSON-RPC that an error is the answer to; `undefined` when ethers does not tell. */
export function methodOf(error: unknown): string | undefined {
  const { payload } = error as { payload?: { method?: unknown } };
  return typeof payload?.method === "string" ? payload.method : undefined;
}
