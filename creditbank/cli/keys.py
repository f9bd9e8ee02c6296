"""`creditbank keys`: the ring that seals personal data, shown without its keys, and rotated."""

from datetime import UTC, datetime

from creditbank.cli import surroundings
from creditbank.kernel.actor import system
from creditbank.learners import vault


def show() -> int:
    """Print where the ring lies and which key is the newest."""
    with surroundings.bank():
        vault.ensure_keys(surroundings.key_ring())
        print(f"{surroundings.key_ring()}: {vault.vault().newest}")
    return 0


def rotate() -> int:
    """Put a new key on the ring and seal everything anew with it, in blocks; may be interrupted and run again."""
    with surroundings.bank():
        from creditbank.learners import operations  # needs Django set up

        vault.ensure_keys(surroundings.key_ring())
        key = vault.add_key(surroundings.key_ring())
        sealed = operations.rotate(actor=system("command-line"), now=datetime.now(tz=UTC))
        print(f"新密钥{key}，重新加密{sealed:,}条 / key {key}, {sealed:,} rows sealed anew")
    return 0
