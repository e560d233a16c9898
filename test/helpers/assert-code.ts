import assert from "node:assert/strict";

/**
 * Asserts that a call throws, or a promise rejects, with an error of this code.
 *
 * @param fields further expected fields of the error: its arguments, or a pattern of its message.
 * @param message names the case, where a test has several.
 */
export async function assertCode(
  failing: Promise<unknown> | (() => unknown),
  code: string,
  fields: Readonly<Record<string, unknown>> = {},
  message?: string,
): Promise<void> {
  const call = typeof failing === "function" ? async () => failing() : failing;
  await assert.rejects(call, { code, ...fields }, message);
}
