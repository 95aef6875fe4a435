"""Files behind the inputs: folders, zip archives and standard input, opened one by one."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, BinaryIO, Final

from pipeline.decoding import MAX_PAGE_BYTES, UnreadableError, shown, too_long
from pipeline.reading_rules import SUFFIX_ADVICE

PAGES: Final = (".txt", ".html", ".htm")
TABLES: Final = (".jsonl", ".csv", ".parquet")
ARCHIVE: Final = ".zip"
READABLE: Final = (*PAGES, *TABLES, ARCHIVE)

MAX_MEMBER_BYTES: Final = 2_000_000_000
"""Largest unpacked table in a zip archive."""
MAX_RATIO: Final = 200
"""A member that unpacks to more than this many times its packed size is refused ..."""
FREE_BYTES: Final = 1_000_000
"""... once it has passed this size: small files of blanks pack well."""
CHUNK: Final = 1 << 20
LITTER: Final = frozenset(("thumbs.db", "desktop.ini", "__macosx"))


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that can be read: its name for the reader, its suffix, and how to open it."""

    source: str
    suffix: str
    open: Callable[[], BinaryIO]


Found = InputFile | tuple[str, UnreadableError]
"""A file, or the name of an input and what is wrong with it."""


def find_files(inputs: Iterable[str | Path], stdin: BinaryIO | None = None) -> Iterator[Found]:
    """Yield every file behind the inputs, in order; each is opened when its ``open`` is called.

    That must be before the next one is asked for, since an archive is closed behind its
    last member.

    A folder is walked in the order of names; hidden files, system litter and the picture
    folders of saved pages are passed over. ``-`` is standard input.
    """
    for one in inputs:
        name = os.fspath(one)
        if name == "-":
            yield InputFile("-", "-", lambda: stdin or sys.stdin.buffer)
            continue
        try:
            yield from _at_path(name)
        except (OSError, ValueError) as error:
            yield name, system_error(name, error)


def _at_path(name: str) -> Iterator[Found]:
    mode = Path(name).stat().st_mode
    if stat.S_ISDIR(mode):
        yield from _in_folder(name)
    else:
        yield from _file(name)


def _in_folder(folder: str) -> Iterator[Found]:
    walk = _walk(folder)
    if not any(error or Path(name).suffix.lower() in READABLE for name, error in walk):
        yield (
            folder,
            UnreadableError(
                "nothing_readable",
                f"{shown(folder)} holds nothing that can be read: "
                f"it needs files named {', '.join(READABLE)}.",
            ),
        )
        return
    for name, error in _walk(folder):
        if error:
            yield name, error
        else:
            yield from _file(name)


def _walk(folder: str) -> Iterator[tuple[str, UnreadableError | None]]:
    """Yield the files of a folder and of those in it, in the order of names.

    A folder that links lead to more than once is read once.
    """
    seen: set[tuple[int, int]] = set()
    stack = [(folder, True)]
    while stack:
        path, is_folder = stack.pop()
        if not is_folder:
            yield path, None
            continue
        try:
            status = Path(path).stat()
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(path) as found:
                entries = sorted(found, key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield path, system_error(path, error)
            continue
        names = {entry.name for entry in entries}
        stack.extend(
            (entry.path, _is_folder(entry)) for entry in entries if not _is_skipped(entry, names)
        )


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        # A link that leads to itself: opening it will say so.
        return False


def _is_skipped(entry: os.DirEntry[str], names: set[str]) -> bool:
    if entry.name.startswith(".") or entry.name.lower() in LITTER:
        return True
    return _is_picture_folder(entry.name, names) and _is_folder(entry)


def _is_picture_folder(name: str, names: set[str]) -> bool:
    """Say whether a browser made this folder beside a page that it saved."""
    page = name.removesuffix("_files")
    return page != name and (f"{page}.html" in names or f"{page}.htm" in names)


def _file(name: str) -> Iterator[Found]:
    suffix = Path(name).suffix.lower()
    try:
        if not stat.S_ISREG(Path(name).stat().st_mode):
            raise UnreadableError(
                "not_a_file",
                f"{shown(name)} is not an ordinary file: save it first, or give - and pipe it in.",
            )
        refuse_suffix(suffix, name)
        if suffix == ARCHIVE:
            yield from _in_archive(name)
        else:
            yield InputFile(_printable(name), suffix, partial(_open, name))
    except UnreadableError as error:
        yield _printable(name), error
    except OSError as error:
        yield _printable(name), system_error(name, error)


def _open(name: str) -> BinaryIO:
    return Path(name).open("rb")


def _printable(name: str) -> str:
    """Return a path that can be written as UTF-8, whatever bytes its name has."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8")


def refuse_suffix(suffix: str, name: str) -> None:
    """Raise UnreadableError for a suffix that is not understood."""
    if suffix in READABLE:
        return
    advice = SUFFIX_ADVICE.get(suffix, f"give one of {', '.join(READABLE)}")
    what = f"files named {suffix}" if suffix else "files without a suffix"
    raise UnreadableError(
        "unsupported",
        f"{shown(name)} was not read, for {shown(what)} are not understood: {advice}.",
    )


def _in_archive(name: str) -> Iterator[Found]:
    """Yield the members of a zip archive. Nothing is ever unpacked under its own name."""
    try:
        with zipfile.ZipFile(name) as archive:
            members = [one for one in archive.infolist() if not _is_litter(one)]
            if not members:
                yield (
                    name,
                    UnreadableError(
                        "nothing_readable",
                        f"{shown(name)} is an empty zip archive: give its files.",
                    ),
                )
            for member in sorted(members, key=lambda one: one.filename):
                yield _member(archive, member, _printable(f"{name}!{member.filename}"))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        if isinstance(error, UnreadableError):
            raise
        yield (
            name,
            UnreadableError(
                "malformed", f"{shown(name)} is damaged or not a zip archive: pack the files again."
            ),
        )


def _is_litter(member: zipfile.ZipInfo) -> bool:
    parts = member.filename.replace("\\", "/").split("/")
    hidden = any(part.startswith(".") and part not in (".", "..") for part in parts)
    return member.is_dir() or hidden or any(part.lower() in LITTER for part in parts)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str) -> Found:
    try:
        _refuse_member(member, source)
    except UnreadableError as error:
        return source, error
    suffix = Path(member.filename).suffix.lower()
    return InputFile(source, suffix, lambda: unpack(archive, member, source))


def _refuse_member(member: zipfile.ZipInfo, source: str) -> None:
    path = member.filename.replace("\\", "/")
    if path.startswith("/") or path[1:2] == ":" or ".." in path.split("/"):
        raise UnreadableError(
            "unsafe_path",
            f"{shown(source)} has a path that leads out of the archive: pack the files again.",
        )
    if stat.S_ISLNK(member.external_attr >> 16):
        raise UnreadableError(
            "unsafe_path", f"{shown(source)} is a link, not a file: pack the file itself."
        )
    if member.flag_bits & 1:
        raise UnreadableError(
            "locked", f"{shown(source)} is locked with a password: pack the files without one."
        )
    suffix = Path(path).suffix.lower()
    if suffix == ARCHIVE:
        raise UnreadableError(
            "unsupported", f"{shown(source)} is a zip archive within another: unpack the outer one."
        )
    refuse_suffix(suffix, source)


def unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, source: str) -> BinaryIO:
    """Return a member's bytes as a temporary file that has no name.

    The size is counted while it unpacks, for the size that the archive states may be false.

    Raises:
        UnreadableError: ``too_long``, ``bomb`` or ``malformed``.
    """
    is_page = Path(member.filename).suffix.lower() in PAGES
    most = MAX_PAGE_BYTES if is_page else MAX_MEMBER_BYTES
    unpacked: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    size = 0
    try:
        with archive.open(member) as packed:
            while block := packed.read(CHUNK):
                size += len(block)
                if size > FREE_BYTES and size > MAX_RATIO * max(1, member.compress_size):
                    raise UnreadableError(
                        "bomb",
                        f"{shown(source)} unpacks to more than {MAX_RATIO} times its size and "
                        "was not read: if it is in order, give it unpacked.",
                    )
                if size > most:
                    raise too_long(source)
                unpacked.write(block)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        unpacked.close()
        raise UnreadableError(
            "malformed", f"{shown(source)} is damaged: pack the files again."
        ) from error
    except UnreadableError:
        unpacked.close()
        raise
    unpacked.seek(0)
    return unpacked  # type: ignore[return-value]


def system_error(name: str, error: OSError | ValueError) -> UnreadableError:
    """Return what to say about a file that the system does not give."""
    if isinstance(error, FileNotFoundError):
        return UnreadableError("missing", f"{shown(name)} does not exist: check the path.")
    if isinstance(error, PermissionError):
        return UnreadableError(
            "no_permission", f"{shown(name)} may not be read by this user: change its permissions."
        )
    what = getattr(error, "strerror", None) or error
    return UnreadableError(
        "system", f"{shown(name)} cannot be opened ({shown(what, 60)}): check the path."
    )
