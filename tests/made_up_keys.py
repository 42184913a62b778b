"""Keys of the shapes that are in use, made of chance: nobody's, and good for nothing."""

from __future__ import annotations

import base64
import json
import random
import re
import string
from collections.abc import Callable

from attrs import frozen

_ALNUM = string.ascii_letters + string.digits
# Characters to choose from, by the letter that stands for them in a shape.
_CLASSES = {
    "A": _ALNUM,
    "B": _ALNUM + "+/",
    "D": string.digits,
    "H": "0123456789abcdef",
    "L": string.ascii_lowercase + string.digits,
    "S": _ALNUM + "!#%&()*+,-.:;<=>?@^_~",
    "U": string.ascii_uppercase + string.digits,
    "W": _ALNUM + "-_",
}
_PLACE = re.compile(r"<([A-Z])(\d+)>")


@frozen
class Key:
    """A made-up secret and the line of a program that it stands in, before and after it."""

    kind: str
    text: str
    before: str
    after: str

    @property
    def parts(self) -> list[str]:
        """What must not be found anywhere: all of it, line by line where it has lines."""
        return [part for part in self.text.splitlines() if len(part) >= 4]


def _jwt(chance: random.Random) -> str:
    head = {"alg": "HS256", "typ": "JWT"}
    claims = {"sub": str(chance.randrange(10**9)), "iat": chance.randrange(10**9)}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in (head, claims)]
    return ".".join([*(part.decode().rstrip("=") for part in parts), _filled("<W43>", chance)])


def _private_key(chance: random.Random) -> str:
    lines = [_filled("<B64>", chance) for _ in range(chance.randint(4, 12))]
    return "\n".join([*lines, _filled(f"<B{chance.randint(20, 60)}>==", chance)])


def _password(chance: random.Random) -> str:
    return _filled(f"<A1><S{chance.randint(8, 24)}>", chance)


def _filled(shape: str, chance: random.Random) -> str:
    """Return a shape with characters by chance: `<D4>` stands for four digits."""
    return _PLACE.sub(
        lambda place: "".join(chance.choices(_CLASSES[place[1]], k=int(place[2]))), shape
    )


# Of each kind: a shape or what makes a key, and what stands before and after it in a program.
_KINDS: dict[str, tuple[str | Callable[[random.Random], str], str, str]] = {
    "AWS access key": ("AKIA<U16>", 'access = "', '"'),
    "AWS secret key": ("<B40>", 'aws_secret_access_key = "', '"'),
    "GitHub": ("ghp_<A36>", "Github('", "').get_user()"),
    "GitHub server": ("ghs_<A36>", 'g = "', '"'),
    "GitHub, fine-grained": ("github_pat_<A22>_<A59>", 'g = "', '"'),
    "GitLab": ("glpat-<W20>", 'g = "', '"'),
    "Slack": ("xoxb-<D12>-<D12>-<A24>", "app = App(token='", "')"),
    "Slack webhook": (
        "https://hooks.slack.com/services/T<U8>/B<U8>/<A24>",
        "requests.post('",
        "', json={})",
    ),
    "Stripe": ("sk_live_<A24>", "stripe.api_key = '", "'  # later"),
    "Stripe, long": ("rk_live_<A99>", "stripe.api_key = '", "'  # later"),
    "Stripe, for tests": ("sk_test_<A24>", "f('", "')"),
    "OpenAI": ("sk-<A20>T3BlbkFJ<A20>", 'k = "', '"'),
    "OpenAI, project": ("sk-proj-<W74>T3BlbkFJ<W74>", 'k = "', '"'),
    "Anthropic": ("sk-ant-api03-<W93>AA", 'k = "', '"'),
    "JSON Web Token": (_jwt, "headers['x'] = '", "'"),
    "Private key": (
        _private_key,
        'KEY = """-----BEGIN RSA PRIVATE KEY-----\n',
        '\n-----END RSA PRIVATE KEY-----"""',
    ),
    "Google API": ("AIza<W35>", "maps(key='", "', region='de')"),
    "Azure storage": (
        "<B86>==",
        's = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=',
        ';EndpointSuffix=core"',
    ),
    "Basic auth": ("<A16>", 'db = "postgres://me:', '@db.example.org/main"'),
    "Twilio account": ("AC<H32>", 'sid = "', '"'),
    "Twilio key": ("SK<H32>", 'sid = "', '"'),
    "Twilio auth token": ("<H32>", 'auth_token = "', '"'),
    "NPM": ("npm_<A36>", 'n = "', '"'),
    "PyPI": ("pypi-AgEIcHlwaS5vcmc<W150>", "upload('", "')"),
    "SendGrid": ("SG.<W22>.<W43>", 's = "', '"'),
    "Hugging Face": ("hf_<A34>", 'h = "', '"'),
    "Telegram": ("<D10>:AA<W33>", "Bot('", "')"),
    "Password": (_password, 'password = "', '"'),
    "Password of a database": (_password, 'os.environ["DB_PASSWORD"] = "', '"'),
    "Password, with its type": (_password, "    passwd: str = '", "'"),
    "Password, as argument": (_password, "connect(user='me', password='", "')"),
    "Secret in a dictionary": ("<L20>", '{"id": 3, "client_secret": "', '"}'),
    "Bearer": ("<A40>", 'h = {"Authorization": "Bearer ', '"}'),
    "No name at all": ("<A32>", 'x = "', '"'),
}
KINDS = tuple(_KINDS)


def make_keys(count: int, seed: int) -> list[Key]:
    """Return so many keys, of all kinds in turn."""
    chance = random.Random(seed)
    keys = []
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        shape, before, after = _KINDS[kind]
        text = _filled(shape, chance) if isinstance(shape, str) else shape(chance)
        keys.append(Key(kind, text, before, after))
    return keys
