"""Everything the surroundings may say to the bank, read once into one typed value."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

CHECKOUT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Database:
    """One PostgreSQL address, taken apart."""

    name: str
    user: str
    password: str
    host: str
    port: str

    @classmethod
    def from_url(cls, url: str) -> "Database":
        """Read postgresql://user:password@host:port/name, or ...?host=/folder/of/a/socket."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        return cls(
            name=unquote(parts.path.lstrip("/")),
            user=unquote(parts.username or "") or query.get("user", [""])[0],
            password=unquote(parts.password or ""),
            host=query.get("host", [parts.hostname or ""])[0],
            port=query.get("port", [str(parts.port or "")])[0],
        )


@dataclass(frozen=True, slots=True)
class Environment:
    """The surroundings of one process. `data` holds files, keys and, for the embedded engine, the database.

    `proxies` is how many of our own stand in front and each add to X-Forwarded-For; of the rest nothing is believed.
    """

    data: Path
    database: Database
    port: int
    demo: bool
    secret_key: str
    hosts: tuple[str, ...]
    bank_code: str
    bank_name_zh: str
    bank_name_en: str
    https: bool
    notice_days: int
    proxies: int
    deposit_months: int


def read(environ: Mapping[str, str] = os.environ) -> Environment:
    """Return the environment; `CREDITBANK_ROLE=owner` selects the role that may change tables."""
    as_owner = environ.get("CREDITBANK_ROLE") == "owner"
    https = environ.get("CREDITBANK_HTTPS") == "1"
    url = (as_owner and environ.get("DATABASE_OWNER_URL")) or environ.get("DATABASE_URL", "postgresql:///creditbank")
    return Environment(
        data=Path(environ.get("CREDITBANK_DATA") or CHECKOUT / "var"),
        database=Database.from_url(url),
        port=int(environ.get("PORT") or 8000),
        demo=environ.get("CREDITBANK_DEMO") == "1",
        secret_key=environ.get("CREDITBANK_SECRET_KEY") or secrets.token_urlsafe(48),
        hosts=tuple((environ.get("CREDITBANK_HOSTS") or "127.0.0.1,localhost,[::1]").split(",")),
        bank_code=environ.get("CREDITBANK_BANK_CODE") or "0043",
        bank_name_zh=environ.get("CREDITBANK_BANK_NAME") or "云江学分银行",
        bank_name_en=environ.get("CREDITBANK_BANK_NAME_EN") or "Yunjiang Credit Bank",
        https=https,
        proxies=int(environ.get("CREDITBANK_PROXIES") or https),
        deposit_months=int(environ.get("CREDITBANK_DEPOSIT_MONTHS") or 24),
        notice_days=int(environ.get("CREDITBANK_NOTICE_DAYS") or 7),
    )
