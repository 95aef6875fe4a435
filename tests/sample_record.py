"""A small record with every kind of block, for tests that need a page known by heart."""

from pipeline.corpus import Record, read_record

ROW = {
    "ref": "90 000 001",
    "authority": "Thornmere District Council",
    "category": "Housing",
    "subcategory": "Allocations",
    "outcome": "upheld",
    "date": "2021-03-09",
    "hard": None,
    "contrast_of": None,
    "sections": [
        {
            "label": "summary",
            "heading": "Summary",
            "body": ["The Council lost Ms P's form.", "It has agreed to pay her £150."],
        },
        {
            "label": "complaint",
            "heading": "The complaint",
            "body": [
                "Ms P says the Council:",
                ["mislaid her form; and", "didn't answer her second e-mail of 4 May."],
                "She wants 'a proper answer'.",
            ],
        },
        {
            "label": "role",
            "heading": "The Ombudsman's role and powers",
            "body": [
                "We look for fault that did harm. (Local Government Act 1974, sections 26(1) and "
                "26A(1), as amended)",
                "We may stop at any time.",
                "(Local Government Act 1974, section 24A(6), as amended)",
            ],
        },
        {
            "label": "findings",
            "heading": "What I found",
            "body": [
                {"subheading": "What happened"},
                "Ms P applied on 2 March.",
                {"subheading": "Was there fault?"},
                "There was. The form lay in a drawer.",
                ["One officer found it.", "Another lost it again."],
            ],
        },
        {
            "label": "action",
            "heading": "Agreed action",
            "body": ["The Council will pay Ms P £150 within four weeks."],
        },
        {"label": "decision", "heading": "Final decision", "body": ["I uphold the complaint."]},
    ],
    "provisions": [
        {"id": "ukpga/1974/7/section/26/1", "sections": ["role"]},
        {"id": "ukpga/1974/7/section/26A/1", "sections": ["role"]},
        {"id": "ukpga/1974/7/section/24A/6", "sections": ["role"]},
    ],
    "grounds": ["discretion", "fault_and_injustice"],
}


def sample_record() -> Record:
    """Return the record of `ROW`."""
    return read_record(ROW)
