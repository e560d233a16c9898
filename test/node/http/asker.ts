import assert from "node:assert/strict";
import { PATH, type TestNode } from "./harness.ts";
import { problemCode } from "./problems.ts";
import { ask, type RawAnswer, requestText } from "./raw.ts";

/** Asks a node for a DID or DID URL that is sent as it is: no client mends it on the way. */
export function askerOf({ port }: TestNode) {
  const askFor = async (target: string, accept = "*/*"): Promise<RawAnswer> => {
    const answer = await ask(port, requestText(`${PATH}${target}`, { headers: { accept } }));
    return answer ?? assert.fail(`no answer to ${target}`);
  };
  /** The code of the error that it gets. */
  const codeFor = async (target: string): Promise<string> => {
    const { status, headers, body } = await askFor(target);
    return problemCode({ status, contentType: headers.get("content-type"), body });
  };
  return { askFor, codeFor };
}
