"""Secrets in a text: where they stand and of which kind they are.

The plugins of detect-secrets know the shapes of most keys. Theirs that only look at the head of a
token, or want more context than a program gives, are followed by shapes of our own. Everything is
looked for in a whole line as it stands: half of a key has no shape.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import pairwise

from attrs import frozen

# What stands for a secret, by its width in UTF-16: no word character, so it looks like no secret.
PLACEHOLDER = "█"
WIDE_PLACEHOLDER = "🔒"

# The kind of what was known already, and of the one secret that is more than a line.
KNOWN = "Known Secret"
PRIVATE_KEY = "Private Key"

# A private key longer than this is none.
_MOST_KEY_LINES = 400

# Every key has a run of such characters; a line without one needs no closer look for any.
_RUN = re.compile(r"[A-Za-z0-9_+/=-]{20}")
# In small letters: names that a person gives to what holds a secret.
_NAMES = ("pass", "pwd", "secret", "key", "token", "contrase", "auth", "cred")
_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?P<body>.*?)-----END", re.DOTALL
)
_KEY_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----")
_KEY_HEADER = re.compile(r"(?:Proc-Type|DEK-Info|Version|Comment): ")
# A line of a private key, perhaps as one of several strings of a program.
_KEY_LINE = re.compile(r"""[\s"'+(rb]*(?P<body>[A-Za-z0-9+/=]+)(?:\\n)?[\s"'+,)\\]*""")
_VISIBLE = re.compile(r"[^\s\\]+")

_OURS = (
    ("JSON Web Token", r"eyJ[\w=-]{10,}\.[\w=-]{2,}(?:\.[\w.+/=-]*)?"),
    ("Google API Key", r"AIza[\w-]{35}"),
    ("Google OAuth Secret", r"GOCSPX-[\w-]{20,}"),
    ("GitHub Token", r"github_pat_\w{50,}"),
    ("Slack Token", r"(?:xox[abeoprs]|xapp)-[\w-]{16,}"),
    ("Stripe Key", r"(?:(?:sk|rk)_(?:live|test)_|whsec_)[0-9A-Za-z]{16,}"),
    ("OpenAI-like Token", r"(?<![A-Za-z0-9])sk-(?=[\w-]*\d)[\w-]{20,}"),
    ("NPM Token", r"npm_[A-Za-z0-9]{30,}"),
    # That of the plugin goes through the rest of the line for each of its slashes.
    ("NPM Token", r"(?<=/:_authToken=)\s*(?P<value>npm_.+|[A-Fa-f0-9-]{36})"),
    ("PyPI Token", r"pypi-[\w-]{60,}"),
    ("Hugging Face Token", r"hf_[A-Za-z0-9]{30,}"),
    ("DigitalOcean Token", r"do[opr]_v1_[a-f0-9]{64}"),
    ("Azure Key", r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}=="),
    ("Bearer Token", r"(?i:\bbearer )\s*(?P<value>[\w.~+/-]{20,}=*)"),
)
_BASIC_AUTH = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s:@/'\"]*:(?P<value>[^\s@/'\"{$<%][^\s@'\"]*)@")
# password: str = "…", and what the plugin for names leaves out: prefixes, values of signs, and
# strings that are being typed and have no end yet.
_ASSIGNED = re.compile(
    r"(?P<name>pass(?:word|wd|phrase|code)?|pwd|secret|contrase[nñ]a|api_?key|access_?key|auth|"
    r"private_?key|credential|token)\w*[\"'\]]*\s*(?::\s*[\w.]+\s*(?==))?(?:[:=]|==|!=|:=|=>)\s*"
    r"[rbuf]{0,2}(?P<quote>[\"'`])(?P<value>(?:(?!(?P=quote)).)+)(?:(?P=quote)|$)",
    re.IGNORECASE,
)
# What is longer than any name, but for its end.
_NO_NAME = re.compile(r"[\w-]{100,}(?=[\w-]{100})")
# Names of what programs that hold no secret have, too: those count with a value made by chance.
_COMMON_NAMES = ("token", "auth", "pass", "credential")
_TEMPLATE = re.compile(r"\{[^{}]*\}|\$\w+|%\(?\w+\)?s?|<[^<>]*>")


@frozen
class Secret:
    """A secret that stands in a text from `start` to `end`, in code points."""

    start: int
    end: int
    kind: str


def find_secrets(text: str, name: str) -> list[Secret]:
    """Return the secrets of a text, which begins and ends with a line; `name` is its file's."""
    found = list(_find_private_keys(text)) if "PRIVATE KEY" in text else []
    for line in re.finditer(r"[^\r\n]+", text):
        found += _find_in_line(line.group(), line.start(), name)
    return found


def placeholder_of(text: str) -> str:
    """Return what stands for a text: as many characters and units, and the same line ends."""
    return "".join(
        character
        if character in "\r\n"
        else WIDE_PLACEHOLDER
        if character > "\uffff"
        else PLACEHOLDER
        for character in text
    )


def looks_random(text: str) -> bool:
    """Return whether chance may have made a text: digits and letters mixed, and no alphabet."""
    if len(text) < 8 or any(map(str.isspace, text)):
        return False
    steps = sum(ord(after) - ord(before) == 1 for before, after in pairwise(text))
    return any(map(str.isdigit, text)) and any(map(str.isalpha, text)) and steps < len(text) / 2


def _find_in_line(line: str, offset: int, name: str) -> Iterator[Secret]:
    lower = line.lower()
    if _RUN.search(line):
        for kind, pattern, group in _shapes():
            for match in pattern.finditer(line):
                yield Secret(offset + match.start(group), offset + match.end(group), kind)
        yield from _find_random(line, offset)
    if "://" in line and "@" in line:
        for match in _BASIC_AUTH.finditer(line):
            start, end = match.span("value")
            yield Secret(offset + start, offset + end, "Basic Auth Credentials")
    if any(each in lower for each in _NAMES):
        yield from _find_named(line, offset, name)


def _find_named(line: str, offset: int, name: str) -> Iterator[Secret]:
    """Find what is assigned to, or compared with, something that is named like a secret."""
    # Patterns go through what could be a name once for each place in it where one could begin.
    short = _NO_NAME.sub(lambda match: "x" * len(match.group()), line)
    for pattern, group in _name_patterns(name):
        for match in pattern.finditer(short):
            start, end = match.span(group)
            if _is_value(line[start:end]):
                yield Secret(offset + start, offset + end, "Secret Keyword")
    for match in _ASSIGNED.finditer(short):
        start, end = match.span("value")
        value = line[start:end]
        if _is_value(value) and (match["name"].lower() not in _COMMON_NAMES or looks_random(value)):
            yield Secret(offset + start, offset + end, "Secret Keyword")


def _is_value(text: str) -> bool:
    """Return whether a text can be a secret: more than signs and places to be filled in."""
    return any(map(str.isalnum, _TEMPLATE.sub("", text)))


def _find_random(line: str, offset: int) -> Iterator[Secret]:
    """Find strings between quotes of which each character tells much, alphabets left out."""
    for pattern, is_random, kind in _entropies():
        for match in pattern.finditer(line):
            if looks_random(match.group(2)) and is_random(match.group(2)):
                yield Secret(offset + match.start(2), offset + match.end(2), kind)


def _find_private_keys(text: str) -> Iterator[Secret]:
    """Find what stands between the marks of private keys, and after a first mark without a last."""
    for begin in _KEY_BEGIN.finditer(text):
        block = _KEY_BLOCK.match(text, begin.start())
        if block and not _KEY_BEGIN.search(block["body"]):
            for part in _VISIBLE.finditer(text, *block.span("body")):
                yield Secret(part.start(), part.end(), PRIVATE_KEY)
            continue
        end = begin.end()
        for number, line in enumerate(re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|$)", text[end:])):
            start = end + line.start()
            body = _KEY_LINE.fullmatch(line.group().rstrip("\r\n"))
            if body:
                yield Secret(start + body.start("body"), start + body.end("body"), PRIVATE_KEY)
            elif number > _MOST_KEY_LINES or not (
                number == 0 or line.group().isspace() or _KEY_HEADER.match(line.group())
            ):
                break


@cache
def _shapes() -> tuple[tuple[str, re.Pattern[str], int | str], ...]:
    """Return kinds with their patterns and the group that holds the secret.

    The plugins are imported here: it takes some tenths of a second, and not everybody records.
    """
    from detect_secrets.plugins.aws import AWSKeyDetector
    from detect_secrets.plugins.discord import DiscordBotTokenDetector
    from detect_secrets.plugins.github_token import GitHubTokenDetector
    from detect_secrets.plugins.gitlab_token import GitLabTokenDetector
    from detect_secrets.plugins.mailchimp import MailchimpDetector
    from detect_secrets.plugins.openai import OpenAIDetector
    from detect_secrets.plugins.pypi_token import PypiTokenDetector
    from detect_secrets.plugins.sendgrid import SendGridDetector
    from detect_secrets.plugins.slack import SlackDetector
    from detect_secrets.plugins.square_oauth import SquareOAuthDetector
    from detect_secrets.plugins.telegram_token import TelegramBotTokenDetector
    from detect_secrets.plugins.twilio import TwilioKeyDetector

    plugins = (
        AWSKeyDetector,
        DiscordBotTokenDetector,
        GitHubTokenDetector,
        GitLabTokenDetector,
        MailchimpDetector,
        OpenAIDetector,
        PypiTokenDetector,
        SendGridDetector,
        SlackDetector,
        SquareOAuthDetector,
        TelegramBotTokenDetector,
        TwilioKeyDetector,
    )
    shapes: list[tuple[str, re.Pattern[str], int | str]] = [
        (plugin.secret_type, pattern, 1 if plugin is AWSKeyDetector and pattern.groups else 0)
        for plugin in plugins
        for pattern in plugin.denylist
    ]
    for kind, shape in _OURS:
        pattern = re.compile(shape)
        shapes.append((kind, pattern, "value" if pattern.groups else 0))
    return tuple(shapes)


@cache
def _entropies() -> tuple[tuple[re.Pattern[str], Callable[[str], bool], str], ...]:
    from detect_secrets.plugins import high_entropy_strings as entropy

    plugins = (entropy.Base64HighEntropyString(4.0), entropy.HexHighEntropyString(3.0))
    return tuple(
        (
            plugin.regex,
            lambda text, plugin=plugin: (
                plugin.calculate_shannon_entropy(text) > plugin.entropy_limit
            ),
            plugin.secret_type,
        )
        for plugin in plugins
    )


@cache
def _patterns_by_type() -> Callable[[str], Iterable[tuple[re.Pattern[str], int]]]:
    from detect_secrets.plugins import keyword
    from detect_secrets.util.filetype import determine_file_type

    quoted = keyword.QUOTES_REQUIRED_DENYLIST_REGEX_TO_GROUP
    return lambda name: keyword.REGEX_BY_FILETYPE.get(determine_file_type(name), quoted).items()


def _name_patterns(name: str) -> Iterable[tuple[re.Pattern[str], int]]:
    return _patterns_by_type()(name)
