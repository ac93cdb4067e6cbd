"""What a message may have: docs/contract-plugins.md."""

MIB = 1024 * 1024

REVISION = 1
"""Of the wire."""
MAX_LINE = 32 * MIB
"""Bytes of one line."""
MAX_ATTACHMENT = 64 * MIB
"""Bytes of one attachment, and of all attachments of one message together."""
MAX_ATTACHMENTS = 256
"""Attachments of one message."""
