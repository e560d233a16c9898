import type { DidDocument } from "../../../resolver/did/did-document.ts";
import { serviceUrls } from "../../../resolver/did/service-url.ts";
import { ResolutionError } from "../../../resolver/errors.ts";
import {
  type Content,
  dereference,
  expectFragment,
  expectNoPath,
  type Part,
} from "../../../resolver/resolution/dereference.ts";
import { type Representation, represent, representPart } from "../../../resolver/resolution/representation.ts";
import type { SourceResolution } from "../../../resolver/resolution/source.ts";
import { type Answer, json, tagOf } from "../answer.ts";
import { DEREFERENCING_RESULT, URI_LIST, type Wanted } from "../negotiation/accept.ts";
import { type AnswerFacts, headersOf, isNotModified } from "./document-answer.ts";

/**
 * The content of a DID URL, alone or in the whole result of dereferencing, or a redirect to a service (DID Resolution v1,
 * "DID URL Dereferencing"). Nothing is fetched.
 * @throws ResolutionError as `dereference` and `serviceUrls` do.
 */
export function dereferencingAnswer(
  { document, documentMetadata }: SourceResolution,
  part: Part,
  { type, representation }: Wanted,
  facts: AnswerFacts,
): Answer {
  if (type === URI_LIST) {
    const headers = headersOf("", type, facts);
    if (document === null) return { status: 410, headers, body: "" };
    return { status: 303, headers: { ...headers, location: locationOf(document, part) }, body: "" };
  }
  const content = document && dereference(document, part);
  // The metadata describe the document. For a part they could be wrong, because it may have been added later.
  const metadata = content === null || content.kind === "document" ? documentMetadata : {};
  const shown = JSON.stringify(content && contentAs(content, representation));
  const status = document === null ? 410 : 200;

  const digest = tagOf(shown + JSON.stringify(metadata));
  const headers = headersOf(`${digest}.url`, type, facts);
  if (isNotModified(status, headers, facts)) return { status: 304, headers, body: "" };
  if (type !== DEREFERENCING_RESULT) return json(shown, { status, type, headers });

  const dereferencing = JSON.stringify({ contentType: representation, ...facts.resolutionMetadata });
  const members = `"contentMetadata":${JSON.stringify(metadata)},"dereferencingMetadata":${dereferencing}`;
  // The specification uses the name contentStream in its algorithm and content in its examples.
  const body = `{"contentStream":${shown},"content":${shown},${members}}`;
  return json(body, { status, type: DEREFERENCING_RESULT, headers });
}

function contentAs(content: Content, representation: Representation): object {
  switch (content.kind) {
    case "document":
      return represent(content.document, representation);
    case "method":
      return representPart(content.method, representation);
    default:
      return representPart(content.service, representation);
  }
}

function locationOf(document: DidDocument, part: Part): string {
  expectNoPath(part);
  expectFragment(part);
  if (part.verificationRelationship !== undefined) {
    const detail = "Got verificationRelationship, and a service is no verification method";
    throw new ResolutionError("INVALID_VERIFICATION_METHOD", detail);
  }
  if (part.service === undefined && part.serviceType === undefined) {
    const detail = `Got Accept ${URI_LIST}, which only a DID URL with service or serviceType has`;
    throw new ResolutionError("REPRESENTATION_NOT_SUPPORTED", detail);
  }
  return serviceUrls(document, part)[0] ?? "";
}
