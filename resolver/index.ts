/**
 * Mapae for verifiers: DIDs, documents and proofs of history, with no disk and no server.
 * @module
 */

export type { AccreditationId } from "./chain/accepted-slots.ts";
export type { RangeOfLogs } from "./chain/all-logs.ts";
export { allLogs, MAX_RANGE } from "./chain/all-logs.ts";
export type {
  ChainReader,
  CheckedHeader,
  ContractReader,
  Header,
  History,
  HistoryQuery,
  Log,
  LogFilter,
  LogTopics,
  Slot,
  ViewCall,
} from "./chain/chain-reader.ts";
export type { IdentityOnChain } from "./chain/read-identity.ts";
export { readIdentity } from "./chain/read-identity.ts";
export type { Rpc, RpcCall, RpcFailureKind, RpcOptions } from "./chain/rpc/rpc.ts";
export { httpRpc, RPC_FAILURE_KINDS, RpcError, RpcFailure } from "./chain/rpc/rpc.ts";
export { rpcReader } from "./chain/rpc/rpc-reader.ts";
export { verifyNetwork } from "./chain/verify-network.ts";
export type { Times } from "./credential/claims.ts";
export { CredentialError } from "./credential/credential-error.ts";
export { IssuedTooEarlyError, roundedIssueTime } from "./credential/issue-time.ts";
export type { Credential } from "./credential/read-credential.ts";
export { readCredential } from "./credential/read-credential.ts";
export type { CredentialStatus, StatusClaims } from "./credential/read-status.ts";
export { isTypeUri } from "./credential/type-uri.ts";
export type { CredentialAnswer, CredentialFault } from "./credential/verify-credential.ts";
export { credentialFault, credentialTrust, listOf, verifyCredential } from "./credential/verify-credential.ts";
export type { Jws } from "./crypto/jws.ts";
export type { SignatureAlgorithm } from "./crypto/signature.ts";
export type { DidState, HeadlessDid, Moment } from "./did/apply-event.ts";
export { advanceDid, applyDidEvent } from "./did/apply-event.ts";
export type { Attribute, KeyPurpose, KeyReader, ServiceEndpoint } from "./did/attribute.ts";
export { EndpointError, RELATIONSHIP_OF, readAttribute, readEndpoint } from "./did/attribute.ts";
export type { AttributeChanged, DelegateChanged, DidEvent, OwnerChanged } from "./did/decode-log.ts";
export { DID_TOPICS, decodeDidLog } from "./did/decode-log.ts";
export type { MapaeDid } from "./did/did.ts";
export { formatDid, isMapaeDid, parseDid } from "./did/did.ts";
export type { DidDocument, DocumentOptions, Service, TimedDocument, VerificationMethod } from "./did/did-document.ts";
export { didDocument } from "./did/did-document.ts";
export type { DidUrl } from "./did/did-url.ts";
export { readParameters, splitDidUrl } from "./did/did-url.ts";
export type { AppliedEntry, Entry, EntryChange, EntryHistory, EntryKey } from "./did/entries.ts";
export { applyEntry, entryBytes, entryHistories, MAX_ENTRY_BYTES } from "./did/entries.ts";
export type { EntryMethod } from "./did/entry-method.ts";
export { methodOf } from "./did/entry-method.ts";
export type { KeyAlgorithm, MlDsa, PublicJwk } from "./did/key.ts";
export { KEY_ALGORITHMS, keyName, ML_DSA_KEY_BYTES, publicJwk, thumbprint } from "./did/key.ts";
export type { ServiceReference } from "./did/service-url.ts";
export { serviceUrls } from "./did/service-url.ts";
export type { ErrorCode } from "./errors.ts";
export {
  ChainDataError,
  CodedError,
  HistoryIncompleteError,
  InvalidDescriptorError,
  MapaeError,
  NetworkMismatchError,
  NodesDisagreeError,
  ResolutionError,
  ResolverOptionsError,
  UnavailableError,
} from "./errors.ts";
export type { FoundStatus, StatusOptions } from "./evidence/find-status.ts";
export { findStatus } from "./evidence/find-status.ts";
export type { ChainSnapshot } from "./evidence/from-chain.ts";
export { chainSnapshot } from "./evidence/from-chain.ts";
export type { FoldedSnapshot, IndexedEvents } from "./evidence/from-index.ts";
export { indexSnapshot } from "./evidence/from-index.ts";
export type { IssuerOnNode } from "./evidence/from-nodes.ts";
export { issuerSchema, nodesSnapshot } from "./evidence/from-nodes.ts";
export type { ProvenBlock } from "./evidence/from-proof.ts";
export { provenSnapshot } from "./evidence/from-proof.ts";
export type { Accreditation, AccreditationQuestion } from "./evidence/gather.ts";
export { gatherGrants, grantLookup, MAX_GRANTS, withLinksAbove } from "./evidence/gather.ts";
export type { ChainAtBlock, SubjectHistory, SubjectId } from "./evidence/read-subject.ts";
export { foldSubject, readSubject } from "./evidence/read-subject.ts";
export type { DidHistory, ListFacts, Snapshot } from "./evidence/snapshot.ts";
export type {
  MethodResolver,
  NetworkBehindNodes,
  NetworkOnChain,
  ResolutionResult,
  ResolverOptions,
} from "./get-resolver.ts";
export { didSource, getResolver } from "./get-resolver.ts";
export { DEMOTION_SECONDS, Preference } from "./http/preference.ts";
export type { Fetch } from "./http/request.ts";
export type { Deployment, NetworkDescriptor } from "./network.ts";
export { currentDeployment, descriptorHash, networkDescriptorSchema, parseNetworkDescriptor } from "./network.ts";
export type { AgreeingAnswers, AskNodes, NodeAnswer, NodesOptions, NodesQuestion } from "./nodes/agreement.ts";
export { askForProofs, askNodes } from "./nodes/agreement.ts";
export type { HttpNode, NodeJson } from "./nodes/http-node.ts";
export type { HeadKind, HeadOrigin } from "./primitives/head.ts";
export { HEAD_KIND, headSeed, headSlot, nextHead, nextRoot } from "./primitives/head.ts";
export type { Address, Hash, Hex } from "./primitives/hex.ts";
export type { AskProvenOptions, ProofRequest, ProvenByNode } from "./proofs/asking/ask-proven.ts";
export { askProven } from "./proofs/asking/ask-proven.ts";
export type { KnownBlock, KnownBlocks } from "./proofs/asking/known-blocks.ts";
export { provingNodesSnapshot } from "./proofs/asking/proven-evidence.ts";
export { provenSource } from "./proofs/asking/proven-source.ts";
export type { AttestedBlock } from "./proofs/attested.ts";
export { ATTESTATION_TYPE, attestedBytes } from "./proofs/attested.ts";
export type { Bundle } from "./proofs/bundle.ts";
export {
  BUNDLE_BOUNDS,
  BUNDLE_MEDIA_TYPE,
  bundleOf,
  bundleSchema,
  readBundle,
  withDelta,
  writeBundle,
} from "./proofs/bundle.ts";
export type { EnvelopeSubject, ProofEnvelope } from "./proofs/envelope.ts";
export { envelopeSchema, parseEnvelope } from "./proofs/envelope.ts";
export type { ProofErrorCode } from "./proofs/proof-error.ts";
export { ProofError } from "./proofs/proof-error.ts";
export { ProvenState } from "./proofs/proven-state.ts";
export type { TrieNodes } from "./proofs/state-trie.ts";
export type { EnvelopeOptions, ProvenEnvelope } from "./proofs/verify-envelope.ts";
export { verifyEnvelope } from "./proofs/verify-envelope.ts";
export type { NeededSeals, TrustedValidators } from "./proofs/verify-header.ts";
export type { ExamineOptions, Readiness, ReadinessCode, ReadinessStep } from "./readiness/examine-issuer.ts";
export { examineIssuer, READINESS_STEPS } from "./readiness/examine-issuer.ts";
export type {
  EventOf,
  RegistryEvent,
  RegistryName,
  StateOf,
  StateReader,
  Step,
  Subject,
  SubjectKind,
  SubjectKinds,
  SubjectState,
} from "./registry-event.ts";
export { applyRegistryEvent, decodeRegistryLog, REGISTRY_NAMES, REGISTRY_OF } from "./registry-event.ts";
export type { Content, Part } from "./resolution/dereference.ts";
export { dereference } from "./resolution/dereference.ts";
export type { DidUrlOptions, PartOptions } from "./resolution/options.ts";
export { OPTION_NAMES, readOptions } from "./resolution/options.ts";
export type { Representation, RepresentedDocument } from "./resolution/representation.ts";
export {
  MAPAE_CONTEXT,
  MAPAE_CONTEXT_URL,
  REPRESENTATIONS,
  represent,
  representPart,
} from "./resolution/representation.ts";
export type {
  AnswerMetadata,
  AsOf,
  DocumentMetadata,
  Resolution,
  ResolutionContext,
  VersionOptions,
} from "./resolution/resolve.ts";
export { answerMetadata, dateTime, latestMoment, resolveLatest, resolveVersion } from "./resolution/resolve.ts";
export type { DidSource, ResolutionMetadata, SourceOptions, SourceResolution } from "./resolution/source.ts";
export type { StatusChunk, StatusChunks, StatusListState, StatusStep } from "./status/apply-status-event.ts";
export { applyStatusEvent, hashChunks, listIdOf, startAtCheckpoint } from "./status/apply-status-event.ts";
export type {
  Checkpoint,
  ListClosed,
  ListCreated,
  StatusChange,
  StatusChanged,
  StatusEvent,
} from "./status/decode-status-log.ts";
export { decodeStatusLog, STATUS_TOPICS } from "./status/decode-status-log.ts";
export type { FetchListOptions } from "./status/fetch-list.ts";
export { fetchStatusList } from "./status/fetch-list.ts";
export type { ListForm } from "./status/list-bytes.ts";
export { INVALID, LIST_FORMS, listBytes, SUSPENDED, VALID } from "./status/list-bytes.ts";
export { expectPublicUri, listUri } from "./status/list-uri.ts";
export type { ExpectedList, VerifiedList } from "./status/signed/check-token.ts";
export type { ExpectedBitstring } from "./status/signed/verify-credential.ts";
export { verifyStatusCredential, verifyStatusVcJwt } from "./status/signed/verify-credential.ts";
export { verifyStatusCwt, verifyStatusJwt } from "./status/signed/verify-token.ts";
export type { StatusBits, StatusList } from "./status/status-list.ts";
export { readBitstring, readTokenList, statusAt } from "./status/status-list.ts";
export type { StatusListErrorCode } from "./status/status-list-error.ts";
export { StatusListError } from "./status/status-list-error.ts";
export type { GrantFacts, GrantFault, GrantLookup, Standing } from "./trust/accreditation.ts";
export { isAccredited, standingOf } from "./trust/accreditation.ts";
export type { CredentialType, GrantIdentity, GrantState } from "./trust/apply-trust-event.ts";
export { applyGrantEvent, applyTypeAdded, grantIdOf } from "./trust/apply-trust-event.ts";
export type {
  Accepted,
  Extended,
  GrantEvent,
  Granted,
  TrustEvent,
  TypeAdded,
  Withdrawn,
} from "./trust/decode-trust-log.ts";
export { decodeTrustLog, TRUST_TOPICS } from "./trust/decode-trust-log.ts";
export type { KeyFault } from "./trust/key-fault.ts";
export { keyFault } from "./trust/key-fault.ts";
export type { ShownGrant } from "./trust/label.ts";
export { isShownText, shownGrant, shownLabel } from "./trust/label.ts";
export type { Purpose } from "./trust/purpose.ts";
export { mayAsk, PurposeError, purposeSchema, readPurpose } from "./trust/purpose.ts";
export type {
  InvalidReason,
  ListEvidence,
  TrustAnswer,
  TrustEvidence,
  TrustFacts,
  TrustOptions,
  TrustQuestion,
  TrustVerdict,
  UnknownReason,
} from "./trust/trust-answer.ts";
export { trustAnswer } from "./trust/trust-answer.ts";
export type { VerifiedByEvidence, VerifiedNetwork, VerifiedOnChain } from "./verifier/evidence-source.ts";
export type { KeyBindingOptions, PresentationFault } from "./verifier/key-binding.ts";
export { keyBindingFault } from "./verifier/key-binding.ts";
export type { Reason, StepName, VerifierStep } from "./verifier/steps.ts";
export { STEPS } from "./verifier/steps.ts";
export type {
  PresentationOptions,
  Verifier,
  VerifierAnswer,
  VerifierOptions,
  VerifyOptions,
} from "./verifier/verifier.ts";
export { verifier } from "./verifier/verifier.ts";
