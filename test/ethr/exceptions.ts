/**
 * Tests of `ethr-did-resolver` that can't hold against our registry: each needs a stock call that section 16 of
 * `docs/did-method-mapae.md` says does not work, in the sentence that begins "Stock calls that do **not** work". The key is a test's
 * full name, the value the call as that sentence spells it.
 */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  "nonce tracking new contract changing owner two times should result in original owner wallet nonce increase only once":
    "changeOwnerSigned",
  "nonce tracking new contract set attribute after owner change should result in original owner wallet nonce increase":
    "changeOwnerSigned",
  'attributes invoking createSetAttributeHash sets the "encodedValue" to the passed hex encoded string (e.g. a public key)':
    "create…Hash",
  'attributes invoking createSetAttributeHash sets the "encodedValue" to a bytes encoded version of the passed attribute value (e.g. a service endpoint)':
    "create…Hash",
  'attributes invoking createRevokeAttributeHash sets the "encodedValue" to the passed hex encoded string (e.g. a public key)':
    "create…Hash",
  'attributes invoking createRevokeAttributeHash sets the "encodedValue" to a bytes encoded version of the passed attribute value (e.g. a service endpoint)':
    "create…Hash",
  "meta transactions add delegate signed": "addDelegateSigned",
  "meta transactions revoke delegate signed": "revokeDelegateSigned",
  "meta transactions set attribute signed": "setAttributeSigned",
  "meta transactions revoke attribute signed": "revokeAttributeSigned",
  "meta transactions change owner signed": "changeOwnerSigned",
  "meta transactions set attribute signed (key)": "setAttributeSigned",
};

/** The function that all of these calls read, and that Mapae's registry does not have. */
export const MISSING_FUNCTION = "nonce(address)";

/** Files of the package whose tests use public chains on the Internet, and not Mapae's registry. */
export const LEFT_OUT: readonly string[] = ["networks.integration.test.ts"];
