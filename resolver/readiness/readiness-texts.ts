import type { ReadinessCode } from "./examine-issuer.ts";

/** What each check of an issuer found, in English before what it is about: the same on the command line and on the page. */
export const READINESS_TEXTS: Readonly<Record<ReadinessCode, string>> = {
  active: "exists and is active",
  neverWritten: "was never written in this network",
  deactivated: "is deactivated permanently",
  canSign: "keys that can sign credentials and lists:",
  noKey: "no key that can sign credentials",
  accredited: "accredited for",
  notAccredited: "no accepted accreditation holds now",
  listMade: "open list",
  listMissing: "no open status list for",
  listServed: "a signed and recent token is served for list",
  listRefused: "no valid token is served for list",
  documentServed: "served with the hash on the chain:",
  documentDiffers: "served with another hash:",
  documentMissing: "not served by this node:",
  notAsked: "could not be asked",
};
