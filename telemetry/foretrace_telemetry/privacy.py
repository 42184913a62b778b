"""Files that are never recorded, whatever was consented to. Decided by name, before any reading."""

from __future__ import annotations

import re
from fnmatch import translate
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from foretrace_telemetry.home import Home

# Of files and folders, in small letters; with a slash, of a folder and what lies in it.
DENIED_NAMES = (
    # Settings that hold secrets.
    *(".env", ".env.*", "*.env", ".envrc", ".env-*", "secrets.*", "*.secret", "*.secrets"),
    *("credentials*", "client_secret*.json", "service-account*.json", "service_account*.json"),
    *(".netrc", "_netrc", ".pypirc", ".npmrc", ".yarnrc", ".yarnrc.yml", ".git-credentials"),
    *(".pgpass", "pgpass.conf", ".my.cnf", ".mylogin.cnf", ".htpasswd", ".vault-token"),
    *(".dockercfg", ".docker", ".dockerconfigjson", ".boto", ".s3cfg", "rclone.conf"),
    *("*.tfvars", "*.tfvars.json", "*.tfstate", "*.tfstate.backup", ".terraformrc"),
    # Keys and certificates.
    *("*.pem", "*.key", "*.p12", "*.pfx", "*.ppk", "*.jks", "*.keystore", "*.keytab", "*.gpg"),
    *("id_rsa*", "id_dsa*", "id_ecdsa*", "id_ed25519*", "*_rsa", "*_ed25519", "*_ecdsa"),
    *(".ssh", ".gnupg", ".pki", "*.ovpn"),
    # Accounts in clouds and clusters.
    *(".aws", ".azure", ".gcloud", ".config/gcloud", ".oci", ".kube", "kubeconfig*"),
    *(".terraform.d", ".config/gh", ".config/hub", ".config/doctl", ".huggingface"),
    # Stores of passwords, and what browsers, mail programs and shells remember.
    *("*.kdbx", "*.kdb", ".password-store", "keychains", "keyrings", "*.agilekeychain"),
    *(".mozilla", ".thunderbird", ".config/google-chrome", ".config/chromium"),
    *("application support/google", "application support/firefox", "google/chrome"),
    *("microsoft/edge", "mozilla/firefox", "bravesoftware"),
    *(".*_history", ".xauthority"),
    # What git keeps of itself, addresses with passwords among it.
    ".git",
)
_DENIED = re.compile("|".join(map(translate, DENIED_NAMES)))

_ESCAPED_DRIVE = re.compile(r"^(/[A-Za-z])%3A", re.IGNORECASE)


def path_of(uri: str) -> Path | None:
    """Return the path of a ``file:`` address, or None for any other and where it names no file."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    if parts.scheme != "file":
        return None
    # VS Code escapes the colon of a drive, and `url2pathname` wants to see it.
    path = Path(url2pathname(_ESCAPED_DRIVE.sub(r"\1:", parts.path)))
    return path if path.is_absolute() and path.name else None


def is_denied_name(name: str) -> bool:
    """Return whether a file or folder of this name is one that nothing should look into."""
    return _DENIED.match(name.lower()) is not None


def denial(uri: str, home: Home) -> str | None:
    """Return why a document must not be recorded, or None if it may be.

    Both the name as given and the file that a link leads to are looked at.
    """
    path = path_of(uri)
    if path is None:
        return f"only files are recorded, not {uri.partition(':')[0] or 'unnamed'}: documents"
    try:
        target = path.resolve()
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a null byte
        return f"nobody can tell which file that is: {error}"
    for candidate in (path, target):
        parts = candidate.parts
        for name in (*parts, *map("/".join, pairwise(parts))):
            if is_denied_name(name):
                return f"files named like {name} are never recorded"
        if candidate.is_relative_to(home.path.resolve()):
            return "Foretrace does not record its own folder"
    return None
