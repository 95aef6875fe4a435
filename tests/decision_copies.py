"""One decision, written for the tests, in every copy that the sections must not depend on."""

from __future__ import annotations

import re

from pipeline.decision import Section
from pipeline.headings import load_rules
from pipeline.outline import outline

RULES = load_rules()

HEADER = """Eastmere District Council (99 900 001)

Category : Housing > Homelessness

Decision : Not upheld

Decision date : 12 May 2022

The Ombudsman's final decision:

"""
SIGNATURE = "Investigator's decision on behalf of the Ombudsman"
BODY = f"""Summary: We have found no fault in how the Council dealt with Mr Q's homelessness.

The complaint

  1. Mr Q says the Council turned him away twice in the winter of 2020.

Back to top

The Ombudsman’s role and powers

  1. We look for fault and ask what harm it did. (Local Government Act 1974, section 26(1))

Back to top

How I considered this complaint

  1. Here I read what both sides sent and spoke to Mr Q.

Back to top

What I found

  1. Officers saw Mr Q on the day he came and gave him a room that night.

Back to top

Final decision

  1. I have ended my investigation, having found no fault.

Back to top

{SIGNATURE}

Print this page
"""
PAGE = HEADER + BODY
MAIN = ["summary", "complaint", "role", "consideration", "findings", "decision"]
HEADINGS = {
    "complaint": "The complaint",
    "role": "The Ombudsman’s role and powers",
    "consideration": "How I considered this complaint",
    "findings": "What I found",
    "decision": "Final decision",
}
COOKIES = """Privacy settings

LGO logogram

Required cookies

These keep the pages working. The browser can refuse them.

"""


def sections_of(text: str) -> list[Section]:
    """The sections of a text, without spaCy."""
    found = outline(text, RULES)
    ends = [start for start, _ in found.sections[1:]] + [len(text)]
    return [
        Section(
            label,
            next((text[a:b] for a, b, _ in found.headings if start <= a < end), ""),
            start,
            end,
        )
        for (start, label), end in zip(found.sections, ends, strict=True)
    ]


def labels_of(text: str, *without: str) -> list[str]:
    """The labels of a text in order, leaving some out and counting neighbours as one."""
    labels: list[str] = []
    for section in sections_of(text):
        if section.label not in without and labels[-1:] != [section.label]:
            labels.append(section.label)
    return labels


def main_labels(text: str) -> list[str]:
    return labels_of(text, "header", "furniture", "signature")


def part(text: str, label: str) -> str:
    """The text of all sections with a label."""
    return "".join(text[s.start : s.end] for s in sections_of(text) if s.label == label)


def each_heading(change: str) -> str:
    """The page with every own-line heading changed by a format, `{}` being the heading."""
    text = PAGE
    for heading in HEADINGS.values():
        text = text.replace(f"{heading}\n\n", f"{change.format(heading)}\n\n")
    return text


OWN_LINE = r"(?m)^(The complaint|.*powers|How.*|What I found|Final .*)"
COPIES = {
    "crlf": PAGE.replace("\n", "\r\n"),
    "old mac": PAGE.replace("\n", "\r"),
    "line separators": PAGE.replace("\n", "\u2028"),
    "no-break spaces": PAGE.replace(" ", "\u00a0"),
    "straight apostrophes": PAGE.replace("’", "'"),
    "curly apostrophes": PAGE.replace("'", "’"),
    "no apostrophes": PAGE.replace("’", "").replace("'", ""),
    "mojibake": PAGE.replace("’", "â€™"),
    "ombudsmen": PAGE.replace("Ombudsman", "Ombudsmen"),
    "colon": each_heading("{}:"),
    "numbered": each_heading("4. {}"),
    "numbered with colon": each_heading("(4) {}:"),
    "lettered": each_heading("b) {}"),
    "hash": each_heading("{} #"),
    "stop": each_heading("{}."),
    "markdown": each_heading("## **{}**"),
    "glued": re.sub(rf"{OWN_LINE}\n+  1\. ", r"\1", PAGE),
    "glued to the number": each_heading("{}").replace("\n\n  1. ", "1. "),
    "run on after a space": re.sub(rf"{OWN_LINE}\n+", r"\1 ", PAGE),
    "upper case": re.sub(rf"{OWN_LINE}$", lambda found: found[0].upper(), PAGE),
    "lower case": re.sub(rf"{OWN_LINE}$", lambda found: found[0].lower(), PAGE),
    "misspelt": PAGE.replace("The complaint\n", "The complain\n")
    .replace("considered this", "considered ther")
    .replace("What I found\n", "What I foudn\n")
    .replace("Final decision\n", "Fnal decision\n"),
    "split": PAGE.replace("How I", "How\n\nI").replace("role and", "role\nand"),
    "split by a stray line": PAGE.replace("How I", "How\n\nThis line strayed in here.\n\nI"),
    "summary alone": PAGE.replace("Summary: ", "Summary\n\n"),
    "summary in lower case": PAGE.replace("Summary: We", "summary: we"),
    "summary without a space": PAGE.replace("Summary: ", "Summary:"),
    "summary with a dash": PAGE.replace("Summary: ", "Summary - "),
    "summary without its heading": PAGE.replace("Summary: ", ""),
    "summary of two paragraphs": PAGE.replace("The complaint\n", "Yes.\n\nThe complaint\n"),
    "no header": BODY,
    "title only": PAGE.replace(PAGE[PAGE.index("Category") : PAGE.index("The Ombudsman's")], ""),
    "values on own lines": PAGE.replace(" : ", " :\n").replace(" > ", "\n>\n"),
    "no signature": PAGE[: PAGE.index("Investigator")],
    "signature twice": PAGE.replace("Print", f"{SIGNATURE}\n\nPrint"),
    "one line": re.sub(r"\s+", " ", PAGE),
    "one line without spaces between": re.sub(r"\s*\n\s*", "", PAGE),
    "cookies on one line": re.sub(r"\s+", " ", COOKIES + PAGE),
    "glued to back to top": re.sub(r"\n\n(Back to top)\n\n", r"\1", PAGE),
    "tabs": PAGE.replace("  1. ", "\t1.\t"),
    "trailing spaces": PAGE.replace("\n", "  \n"),
}  # fmt: skip

FREE = """What I found

Law and guidance

The Code tells panels what to weigh.

What happened

Mr X appealed in May.

The complaint

He then wrote to the Council.

The second hearing

Three members sat.

Analysis

Their notes are thorough.

"""
"""A page in which the findings have sub-headings, up to the text of the findings."""

UNLISTED = "Ending of the case"
"""A heading that no rule lists."""
