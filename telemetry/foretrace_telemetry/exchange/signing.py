"""The key with which a data folder signs what it hands in.

A signature proves that a bundle came from the folder that holds the key, and that nothing in it was
changed since. It does not prove that what it tells really happened: who holds the key can sign
anything. Who a key belongs to, nobody says but the way the bundle came.
"""

from __future__ import annotations

import hashlib
import os
import secrets

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from foretrace_telemetry.home import Home


def signing_key(home: Home) -> Ed25519PrivateKey:
    """Return the key of a data folder, made at random on first use.

    Raises:
        OSError: the key can be neither read nor made.
    """
    path = home.signing_key
    if not path.exists():
        home.create()
        draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600)
        draft.write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())
        try:
            os.link(draft, path)  # loses to another process that was first
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def fingerprint(public_key: bytes) -> str:
    """Return the name by which a key is known: sixteen hexadecimal digits."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def is_signed(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Return whether the holder of a key signed a message."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
