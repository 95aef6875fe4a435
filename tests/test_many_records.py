"""The corpus that training is measured on is a corpus."""

from bench.many_records import write_records

from pipeline.corpus import CORPUS, load, prose
from pipeline.neardup import near_duplicates


def test_made_records_are_read_back_distinct_and_as_long_as_decisions(tmp_path):
    write_records(60, tmp_path)
    records = load(tmp_path)
    assert len({record.ref for record in records}) == 60
    texts = {record.ref: prose(record) for record in records}
    assert near_duplicates(texts, 0.5) == []
    assert 5_000 < sum(map(len, texts.values())) / 60 < 7_500
    kinds = {(one.outcome, one.grounds) for one in load(CORPUS)}
    assert all((one.outcome, one.grounds) in kinds for one in records)


def test_the_same_seed_makes_the_same_records(tmp_path):
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        write_records(5, tmp_path / name, seed=seed)
    assert load(tmp_path / "one") == load(tmp_path / "again") != load(tmp_path / "other")
