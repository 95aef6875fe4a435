"""The plain search finds every way a provision is printed, and not its neighbours."""

import pytest

from pipeline.gold import is_cited

ACT = "ukpga/1974/7"
TITLE = ("Local Government Act 1974",)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("section/24A/6", "(Local Government Act 1974, section 24A(6), as amended)"),
        ("section/24A/6", "(section 24A (6))"),
        ("section/34B", "(Local Government Act 1974, section 24A(6), as amended, section 34(B))"),
        ("section/34B", "sections 34 B, 34C and 34 H(3 and 4)"),
        ("section/34C", "sections 34 B, 34C and 34 H(3 and 4)"),
        ("section/34H/4", "sections 34 B, 34C and 34 H(3 and 4)"),
        ("section/34H/4", "sections 34H(3) and (4)"),
        ("section/34B/9", "sections 34B(8) and (9)"),
        ("section/34H/1", "section 30(1B) and 34H(i), as amended"),
        ("section/34B/6", "section 34(B)6"),
        ("section/26/6/a", "section 26(6)(a), as amended"),
        ("section/26/6/c", "section 26(6)(a) and (c), as amended"),
        ("section/32", "Sections 31 to 33 of the Care Act 2014"),
        ("section/26A/1", "sections 26(1) and 26A(1), as amended"),
        ("section/117", "s.117 of the Mental Health Act 1983"),
        ("section/117", "s117 aftercare"),
        ("section/117", "section 117 (s117) of the MHA"),
        ("schedule/5/paragraph/5A", "paragraph 5A schedule 5"),
        ("schedule/5/paragraph/1", "Schedule 5/5A, paragraph 1/3"),
        ("schedule/5A/paragraph/3", "Schedule 5/5A, paragraph 1/3"),
        ("schedule/5/paragraph/5/2", "Schedule 5, paragraph 5(2)"),
        ("part/3", "Part III of the Act"),
        ("regulation/12", "regulation 12 of the Regulations"),
        ("", "The Local Government Act 1974 sets out our powers."),
    ],
)
def test_found(path, text) -> None:
    assert is_cited(f"{ACT}/{path}".rstrip("/"), text, TITLE)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("section/24A/6", "(Local Government Act 1974, section 24A(7), as amended)"),
        ("section/24A/6", "section 24(6)"),
        ("section/34", "section 34B"),
        ("section/34", "section 34(3), as amended"),
        ("section/1", "Under section 26(1) I asked for papers."),
        ("section/9", "Mrs S wrote on 9 May and the Council's 9 officers met."),
        ("section/6", "section 26"),
        ("section/26/6/a", "section 26(6)(b) and (c)"),
        ("section/26/6/a", "section 26(6)"),
        ("section/34", "Sections 31 to 33 of the Care Act 2014"),
        ("section/117", "117 letters, in a later section"),
        ("regulation/12", "section 12"),
        ("", "the Local Government Act 1972"),
    ],
)
def test_not_found(path, text) -> None:
    assert not is_cited(f"{ACT}/{path}".rstrip("/"), text, TITLE)
