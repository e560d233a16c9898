"""Reads a presentation by the reference implementation of RFC 9901, and prints what was shown, or why it is refused."""

import json
import sys

from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier

given = json.load(sys.stdin)
try:
    verifier = SDJWTVerifier(
        given["presentation"],
        lambda issuer, header: JWK.from_json(json.dumps(given["jwk"])),
        given["aud"],
        given["nonce"],
    )
    print(json.dumps({"claims": verifier.get_verified_payload()}))
except Exception as error:  # whatever it raises is a refusal
    print(json.dumps({"refused": type(error).__name__}))
