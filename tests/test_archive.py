"""Pages in WARC files: read back as they were, whole whatever the moment of a kill."""

import gzip
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from pipeline import archive as archive_module
from pipeline.archive import Archive, members
from pipeline.download_faults import DownloadError
from pipeline.site_client import Answer

WHEN = "2026-01-31T12:00:00Z"


def answer(number: int, body: bytes = b"", *, coded: bool = False, status: int = 200) -> Answer:
    body = body or f"<html>page {number} \u2019</html>".encode() * (number % 5 + 1)
    raw = gzip.compress(body) if coded else body
    headers = [("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{number}"')]
    if coded:
        headers.append(("Content-Encoding", "gzip"))
    url = f"http://127.0.0.1:1/decisions/housing/other/20-000-{number:03}"
    return Answer(url, status, "OK" if status == 200 else "Gone", tuple(headers), raw, body)


def filled(folder: Path, count: int) -> list:
    archive = Archive(folder)
    return [
        archive.add(answer(number, coded=number % 2 == 0), f"20 000 {number:03}", WHEN)
        for number in range(count)
    ]


@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize("status", [200, 410])
def test_page_comes_back_as_it_was(tmp_path, coded, status) -> None:
    stored = answer(3, coded=coded, status=status)
    archive = Archive(tmp_path)
    place = archive.add(stored, "20 000 003", WHEN)
    page = archive.read(place)
    assert page.answer == stored
    assert (page.ref, page.fetched_at) == ("20 000 003", WHEN)


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=300))
def test_any_body_comes_back(body) -> None:
    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        assert archive.read(archive.add(answer(1, body), "20 000 001", WHEN)).answer.body == body


def test_other_programs_read_the_files(tmp_path) -> None:
    filled(tmp_path, 4)
    with (tmp_path / "decisions-00001.warc.gz").open("rb") as file:
        kinds = [
            (record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file)
        ]
    assert [kind for kind, _ in kinds] == ["warcinfo", *["response"] * 4]
    assert [body for _, body in kinds[1:]] == [answer(number).body for number in range(4)]


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_whole_pages_survive_a_cut_at_any_byte(data) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        places = filled(folder, 5)
        path = folder / "decisions-00001.warc.gz"
        noted = data.draw(st.integers(0, 5))
        known = places[noted - 1].offset + places[noted - 1].length if noted else 0
        share = data.draw(st.floats(0, 1))
        cut = known + round(share * (path.stat().st_size - known))
        with path.open("r+b") as file:
            file.truncate(cut)
        whole = [place for place in places if place.offset + place.length <= cut]
        archive = Archive(folder)
        ends = {path.name: known} if noted else {}
        found = list(archive.recover(ends))
        assert [place for place, _ in found] == whole[noted:]
        assert [page.ref for _, page in found] == [
            f"20 000 {number:03}" for number in range(noted, len(whole))
        ]
        information = places[0].offset if cut >= places[0].offset else 0
        end = whole[-1].offset + whole[-1].length if whole else information
        assert path.stat().st_size == end
        # What is added afterwards stands behind the whole pages.
        place = archive.add(answer(9), "20 000 009", WHEN)
        assert archive.read(place).answer == answer(9)
        assert [page.ref for _, page in archive.recover({})] == [
            *[f"20 000 {number:03}" for number in range(len(whole))],
            "20 000 009",
        ]


@pytest.mark.parametrize("rest", [b"\0" * 50, b"rubbish", b"\x1f\x8b\x08\0", b"\x1f"])
def test_rubbish_at_the_end_is_cut_off(tmp_path, rest) -> None:
    places = filled(tmp_path, 2)
    path = tmp_path / "decisions-00001.warc.gz"
    with path.open("ab") as file:
        file.write(rest)
    assert len(list(Archive(tmp_path).recover({}))) == 2
    assert path.stat().st_size == places[-1].offset + places[-1].length


def test_damage_is_said(tmp_path) -> None:
    places = filled(tmp_path, 3)
    path = tmp_path / "decisions-00001.warc.gz"
    data = bytearray(path.read_bytes())
    data[places[1].offset + 30] ^= 0xFF
    path.write_bytes(bytes(data))
    archive = Archive(tmp_path)
    with pytest.raises(DownloadError, match=f"damaged at byte {places[1].offset:,}"):
        archive.read(places[1])
    assert archive.read(places[2]).ref == "20 000 002"


def test_next_file_is_begun_when_one_is_full(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(archive_module, "FILE_SIZE", 1500)
    places = filled(tmp_path, 8)
    names = sorted({place.file for place in places})
    assert len(names) > 1
    assert names == [path.name for path in Archive(tmp_path).files()]
    found = [place for place, _ in Archive(tmp_path).recover({})]
    assert found == places


def test_members_of_a_file() -> None:
    texts = [b"one", b"", b"three" * 1000]
    packed = [gzip.compress(text) for text in texts]
    found = list(members(BytesIO(b"".join(packed)), 0))
    assert [content for _, _, content in found] == texts
    assert [length for _, length, _ in found] == [len(part) for part in packed]
    assert list(members(BytesIO(b"".join(packed)), len(packed[0]))) == found[1:]
