import type { GrantFault } from "./accreditation.ts";

/**
 * Why an accreditation does not hold at the moment judged, in an English sentence: the same on the command line and on the page.
 * The fault may be that of the grant itself or of one above it.
 */
export const GRANT_FAULT_TEXTS: Readonly<Record<GrantFault, string>> = {
  deactivated: "The accredited DID, or one above it, was deactivated by then.",
  expired: "The accreditation, or one above it, had expired by then.",
  notYetValid:
    "The accreditation, or one above it, had not begun yet: no credential can be dated before its beginning.",
  pending: "The accreditation, or one above it, was never accepted.",
  unknownGrant: "An accreditation above it is not known.",
  void: "The accreditation was granted at or after the time from which one above it is withdrawn.",
  withdrawn: "The accreditation, or one above it, was withdrawn by then.",
};
