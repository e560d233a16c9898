import { type Answer, json } from "./answer.ts";
import { acceptable, DEREFERENCING_RESULT, RESULT, type Served } from "./negotiation/accept.ts";
import { type Problem, problemAnswer, retryAfter } from "./problem.ts";

/** An error inside a result when the client accepts results, otherwise as problem details. */
export function refusal(problem: Problem, accept: string | undefined, served: Served): Answer {
  const wanted = acceptable(accept, served)?.type;
  const sent = { status: problem.status, headers: retryAfter(problem) };
  const error = { error: problem };
  if (wanted === RESULT) {
    return json(
      { didDocument: null, didDocumentMetadata: {}, didResolutionMetadata: error },
      { ...sent, type: RESULT },
    );
  }
  if (wanted === DEREFERENCING_RESULT) {
    return json(
      { contentStream: null, content: null, contentMetadata: {}, dereferencingMetadata: error },
      { ...sent, type: DEREFERENCING_RESULT },
    );
  }
  return problemAnswer(problem);
}
