"""What the embedded PostgreSQL is told: its settings and who may connect, as texts."""

import os
from pathlib import Path

ADMIN_ROLE = "postgres"
OWNER_ROLE = "creditbank_owner"
APP_ROLE = "creditbank_app"
ERASER_ROLE = "creditbank_eraser"
ROLES = (OWNER_ROLE, APP_ROLE, ERASER_ROLE)
PORT = 5432  # only the name of the socket; nothing listens on the network
MEGABYTE = 1024 * 1024

# Errors are logged without statements, details and parameters: those carry people's data.
SETTINGS = """\
# Written anew at every start; a change belongs into `ALTER SYSTEM`, which is read after this file.
listen_addresses = ''
port = {port}
unix_socket_directories = {socket}
unix_socket_permissions = 0700
cluster_name = {cluster}
max_connections = 100
hot_standby = off
shared_buffers = {buffers}MB
maintenance_work_mem = 128MB
min_wal_size = 128MB
max_wal_size = 2GB
wal_compression = on
checkpoint_timeout = 10min
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] '
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""
# A segment that is there already, byte for byte, was copied before a crash; another of its name is somebody else's.
ARCHIVING = """\
archive_mode = on
archive_timeout = 60
archive_command = {command}
"""
COPY_SEGMENT = (
    'if test -e "{folder}/%f"; then cmp -s "%p" "{folder}/%f"; '
    'else cp "%p" "{folder}/%f.part" && sync "{folder}/%f.part" && mv "{folder}/%f.part" "{folder}/%f"; fi'
)
FORGETFUL = """\
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 128MB
"""
ACCESS = """\
# Written anew at every start. The operating system says who connects; nobody else does.
local all all peer map=creditbank
local replication all peer map=creditbank
"""


def settings(*, socket: Path, cluster: str, durable: bool, wal: Path | None = None) -> str:
    """Return the engine's own configuration file, for a modest machine; not durable only for tests.

    With `wal`, every finished segment of the write-ahead log is copied there, once a minute at the least.
    """
    text = SETTINGS.format(
        port=PORT, socket=_quoted(_listed(socket)), cluster=_quoted(cluster), buffers=_buffers_megabytes()
    )
    if wal is not None:
        text += ARCHIVING.format(command=_quoted(COPY_SEGMENT.format(folder=wal)))
    return text if durable else text + FORGETFUL


def address(socket: Path) -> Path:
    """Return the socket itself, in its folder."""
    return socket / f".s.PGSQL.{PORT}"


def identities(*users: str) -> str:
    """Return the map from users of the operating system to the roles they may take."""
    lines = [f'creditbank "{user}" {role}' for user in dict.fromkeys(users) for role in (ADMIN_ROLE, *ROLES)]
    return "\n".join(["# Written anew at every start.", *lines, ""])


def _buffers_megabytes() -> int:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MEGABYTE
    return max(128, min(1024, memory // 8))


def _listed(path: Path) -> str:
    return '"' + str(path).replace('"', '""') + '"'


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
