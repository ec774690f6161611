"""Run a command that dies with the process that started it.

    python -I -S config/launch.py PARENT DEATH_SIGNAL AS COMMAND...

A script of its own, and not a `preexec_fn`: that one is unsafe as soon as the parent has a second thread.
Standard library only, so that it starts in milliseconds and needs no package. AS is one of
`self` (stay who we are), `namespace` (root becomes user 1000 inside a private user namespace) and
`nobody` (root becomes nobody for good); PostgreSQL refuses to run as root.
"""

import ctypes
import os
import pwd
import signal
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1


def enter_namespace() -> None:
    """Become user 1000 in a user namespace: no account made, no file's owner or mode changed.

    Raises OSError where the kernel or the container refuses.
    """
    user, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "this system refuses user namespaces")
    me = Path("/proc/self")
    (me / "setgroups").write_text("deny")
    (me / "uid_map").write_text(f"1000 {user} 1")
    (me / "gid_map").write_text(f"1000 {group} 1")


def become_nobody() -> None:
    """Give up root for good."""
    account = pwd.getpwnam("nobody")
    os.setgroups([])
    os.setgid(account.pw_gid)
    os.setuid(account.pw_uid)


def die_with(parent: int, death_signal: int) -> None:
    """Have the kernel send `death_signal` to us when `parent` ends, whatever ended it."""
    if sys.platform == "linux":  # elsewhere the next start clears what a killed one left
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("The process that started this one is gone.")


def main(parent: str, death_signal: str, run_as: str, *command: str) -> None:
    """Set up and become the command."""
    os.setpgid(0, 0)  # the terminal's Ctrl-C reaches the supervisor alone, which stops us in order
    if run_as == "namespace":
        enter_namespace()
    elif run_as == "nobody":
        become_nobody()
    for number in (signal.SIGINT, signal.SIGQUIT):  # what a script starts with `&` ignores both
        signal.signal(number, signal.SIG_DFL)
    die_with(int(parent), int(death_signal))  # last: a change of user clears it
    # The caller's fixed list; no shell is wanted.
    os.execv(command[0], command)  # noqa: S606 # nosec B606


if __name__ == "__main__":
    main(*sys.argv[1:])
