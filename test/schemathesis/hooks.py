"""What Schemathesis has to know of a node, and a configuration can't say."""

import json

import schemathesis


@schemathesis.deserializer(
    "application/did", "application/did-resolution", "application/did-url-dereferencing", "application/vc"
)
def read_json(_context, response):
    """Bodies are compared with the description only where they can be read: these are JSON too."""
    return json.loads(response.content)


@schemathesis.check
def no_fault(_context, response, _case):
    """DID Resolution v1 has HTTP 500 for errors of a question too; a fault of the node has a code of its own."""
    assert b'"code":"INTERNAL_ERROR"' not in response.content, "a fault of the node"
