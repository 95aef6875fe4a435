"""Bytes to text, and the faults that stop them: kinds of file, encodings, size."""

from __future__ import annotations

import codecs
import re
from typing import Final

MAX_CHARACTERS: Final = 1_000_000
"""Longest text that is taken; a decision of 60 pages has some 200,000 characters."""

MAX_PAGE_BYTES: Final = 10_000_000
"""Largest single page or row, markup included."""

REPLACEMENT: Final = "\ufffd"
MAX_UNREADABLE_SHARE: Final = 0.005
MAX_CONTROL_SHARE: Final = 0.02
SHOWN_LENGTH: Final = 90

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

SAVE_AS_TEXT: Final = "open it, save the decision as text or HTML, and give that file instead"
# First bytes of a file, what it is, and what to do about it.
SIGNATURES: Final = (
    (b"%PDF-", "a PDF", SAVE_AS_TEXT),
    (b"\xd0\xcf\x11\xe0", "an old Word or Excel file", SAVE_AS_TEXT),
    (b"{\\rtf", "a rich text (RTF) file", SAVE_AS_TEXT),
    (b"PAR1", "a Parquet table", "give the file the suffix .parquet"),
    (b"\x89PNG", "a picture (PNG)", "give the text of the decision, not a picture of it"),
    (b"\xff\xd8\xff", "a picture (JPEG)", "give the text of the decision, not a picture of it"),
    (b"GIF8", "a picture (GIF)", "give the text of the decision, not a picture of it"),
    (b"II*\x00", "a picture (TIFF)", "give the text of the decision, not a picture of it"),
    (b"\x1f\x8b", "a gzip file", "unpack it first"),
    (b"BZh", "a bzip2 file", "unpack it first"),
    (b"\xfd7zXZ", "an xz file", "unpack it first"),
    (b"7z\xbc\xaf", "a 7-Zip file", "unpack it, or pack the files as .zip"),
    (b"Rar!", "a RAR file", "unpack it, or pack the files as .zip"),
    (b"SQLite format 3", "an SQLite database", "export the decisions to CSV or Parquet"),
)
OFFICE_PARTS: Final = (
    (b"word/", "a Word document", SAVE_AS_TEXT),
    (b"xl/", "an Excel workbook", "save the sheet as CSV and give that file instead"),
    (b"ppt/", "a PowerPoint file", SAVE_AS_TEXT),
    (b"mimetypeapplication/vnd.oasis", "an OpenDocument file", SAVE_AS_TEXT),
)

LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Any sign that the three patterns around this one begin with: most texts have none.
TO_NORMALISE = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029\ud800-\udfff\u00e2\u00c2]")
SURROGATES = re.compile("[\ud800-\udfff]")
CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f]")
# UTF-8 that was once read as Windows-1252: a curly quote or dash (three signs), a pound
# sign or no-break space (two).
MOJIBAKE = re.compile(
    "\u00e2\u20ac[\u2018-\u2122\u0160-\u0178\u0080-\u00bf\u0153]|\u00c2[\u00a0-\u00bf]"
)


class UnreadableError(ValueError):
    """An input that is not one decision.

    ``kind`` is the short name of the fault, ``sentence`` says what is wrong and what to do.
    """

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind
        self.sentence = sentence


def shown(value: object, length: int = SHOWN_LENGTH) -> str:
    """Return ``value`` fit for a sentence: one line, printable, at most ``length`` characters.

    The middle of a long value is left out, since the ends of a path say most.
    """
    text = str(value)
    if len(text) > length:
        half = (length - 3) // 2
        text = f"{text[:half]}...{text[-half:]}"
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def _one_byte_as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Codec error handler: what is not UTF-8 is read as Windows-1252, byte by byte."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.reason == "unexpected end of data" and error.end == len(error.object):
        return "", error.end
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", errors="replace"), error.end


codecs.register_error("cp1252_bytes", _one_byte_as_cp1252)


def refuse_foreign_files(head: bytes, name: str) -> None:
    """Raise UnreadableError where the first bytes are those of another kind of file."""
    for signature, what, advice in SIGNATURES:
        if head.startswith(signature) or (signature == b"%PDF-" and signature in head[:1024]):
            raise UnreadableError("wrong_type", f"{shown(name)} is {what}: {advice}.")
    if head.startswith(b"PK\x03\x04"):
        for part, what, advice in OFFICE_PARTS:
            if part in head:
                raise UnreadableError("wrong_type", f"{shown(name)} is {what}: {advice}.")
        sentence = f"{shown(name)} is a zip file: give it the suffix .zip."
        raise UnreadableError("wrong_type", sentence)


def encoding_of(head: bytes) -> tuple[str, int]:
    """Return the encoding that a byte order mark names (else UTF-8) and the mark's length."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    return "utf-8", 0


def decode(data: bytes, name: str) -> str:
    """Return the text of a page.

    UTF-8 or UTF-16 by the byte order mark, else UTF-8; bytes that are not UTF-8 are read
    as Windows-1252. A sequence that was cut off at the end of the data is dropped.

    Raises:
        UnreadableError: ``wrong_type``, ``binary`` or ``encoding``.
    """
    refuse_foreign_files(data[:4096], name)
    encoding, skip = encoding_of(data)
    if encoding == "utf-8":
        text = data[skip:].decode(encoding, errors="cp1252_bytes")
    else:
        text = data[skip:].decode(encoding, errors="replace")
    refuse_binary(text, name)
    return text


def refuse_binary(text: str, name: str) -> None:
    """Raise UnreadableError where a text holds signs that no text has."""
    controls = len(CONTROLS.findall(text))
    if "\0" in text or controls > len(text) * MAX_CONTROL_SHARE:
        raise UnreadableError(
            "binary",
            f"{shown(name)} is not text but binary data: give the decision as text or HTML.",
        )
    if text.count(REPLACEMENT) > max(3, len(text) * MAX_UNREADABLE_SHARE):
        raise UnreadableError(
            "encoding",
            f"{shown(name)} is neither UTF-8 nor Windows-1252 text: save it again as UTF-8.",
        )


def refuse_long(text: str, name: str) -> None:
    """Raise UnreadableError for a text over `MAX_CHARACTERS`."""
    if len(text) > MAX_CHARACTERS:
        raise too_long(name)


def too_long(name: str) -> UnreadableError:
    """Return the error for an input that is longer than any decision."""
    return UnreadableError(
        "too_long",
        f"{shown(name)} is longer than any decision (over {MAX_CHARACTERS:,} characters): "
        "give one decision per file, or a table with one per row.",
    )


def normalise(text: str) -> str:
    """Return a text as the program reads it; all offsets count in what this returns.

    Every line end becomes ``\\n``, a byte order mark at the start goes, a lone surrogate
    becomes U+FFFD (it could not be written out), and UTF-8 that was once mistaken for
    Windows-1252 is mended, so that a re-posted copy has the same words as the page.
    """
    text = text.removeprefix("\ufeff")
    if not TO_NORMALISE.search(text):
        return text
    text = LINE_ENDS.sub("\n", text)
    text = SURROGATES.sub(REPLACEMENT, text)
    return MOJIBAKE.sub(_mended, text)


def _mended(match: re.Match[str]) -> str:
    try:
        return match[0].encode("cp1252").decode("utf-8")
    except UnicodeError:
        return match[0]
