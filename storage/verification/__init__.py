"""The single checks that `storage.verify` puts together: chain, anchors, head, signatures, payloads,
schema."""
