import { isError } from "ethers";

/** The message of a JSON-RPC error that ethers does not classify; `undefined` when there is none. */
export function rpcMessage(error: unknown): string | undefined {
  if (!isError(error, "UNKNOWN_ERROR")) return undefined;
  const { error: answer } = error as unknown as { error?: { message?: unknown } };
  return typeof answer?.message === "string" ? answer.message : undefined;
}

/** The JSON-RPC method that was answered with an error; `undefined` when ethers does not provide it. */
export function methodOf(error: unknown): string | undefined {
  const { payload } = error as { payload?: { method?: unknown } };
  return typeof payload?.method === "string" ? payload.method : undefined;
}
