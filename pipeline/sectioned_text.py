"""The text of a decision with its sections drawn over it, for notebooks; no model is needed."""

from __future__ import annotations

from functools import cached_property

from jinja2 import Environment, PackageLoader, StrictUndefined
from spacy.tokens import Doc

from pipeline.decision import Decision
from pipeline.nlp import build_nlp
from pipeline.pictures import ELSEWHERE, SECTION_COLOURS
from pipeline.report_words import section_name
from pipeline.sections import read_sections


class SectionedText:
    """A decision, section by section. The last line of a notebook cell shows it."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision

    @cached_property
    def doc(self) -> Doc:
        """The text with its sections and provisions."""
        return build_nlp()(self.decision.text)

    def __repr__(self) -> str:
        return "\n\n".join(
            "\n".join((f"[{name}]", *(line for line, _ in lines)))
            for name, _, lines in self._sections()
        )

    def _repr_html_(self) -> str:
        environment = Environment(
            loader=PackageLoader("pipeline"), autoescape=True, undefined=StrictUndefined
        )
        template = environment.get_template("sectioned_text.html.j2")
        return template.render(sections=self._sections())

    def _sections(self) -> list[tuple[str, str, list[tuple[str, bool]]]]:
        """Return name, colour and lines of each section, without the parts of the web page.

        A line goes with a flag that says whether it is a heading.
        """
        groups = (self.doc.spans["headings"], self.doc.spans["subheadings"])
        headings = {span.text.strip() for group in groups for span in group}
        text = self.decision.text
        return [
            (
                section_name(section.label),
                SECTION_COLOURS.get(section.label, ELSEWHERE),
                [
                    (line.strip(), line.strip() in headings)
                    for line in text[section.start : section.end].splitlines()
                    if line.strip()
                ],
            )
            for section in read_sections(self.doc)
            if section.label != "furniture"
        ]
