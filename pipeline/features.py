"""From what was read of a Doc to a matrix: a scikit-learn transformer with tf-idf weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import spacy
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from spacy.strings import get_string_id
from spacy.tokens import Doc, DocBin

from pipeline.batches import TOGETHER, batched
from pipeline.document_counts import DocumentCounts
from pipeline.hashes import HashIndex
from pipeline.ngrams import (
    GROUP_NAMES,
    GROUP_OF_LABEL,
    JoinedNgrams,
    Ngrams,
    joined,
    label_flags,
    read_ngrams,
)

BLOCK_NAMES = ("whole text", *GROUP_NAMES, "none")
"""The whole text, the section groups, and sections in no group."""
N_BLOCKS = len(BLOCK_NAMES)

_ORIGIN_BITS = 32
_ORIGIN_MASK = (1 << _ORIGIN_BITS) - 1
_BLOCK_OF_LABEL = GROUP_OF_LABEL.astype(np.intp) + 1

SALTS = np.array([get_string_id(f"block {name}") for name in BLOCK_NAMES], dtype=np.uint64)


@dataclass(frozen=True, slots=True)
class Weighted:
    """The features of some texts, and where they occur in the n-grams of all of them."""

    matrix: csr_matrix
    """Weights, float32, shape (n_texts, n_features), the columns of each row in order."""
    counts: NDArray[np.intp]
    """How often the feature of each cell of the matrix occurs in its text."""
    origins: NDArray[np.int64]
    """Indices into the n-grams: ``counts[0]`` for the first cell, and so on."""
    known: NDArray[np.bool_]
    """Which n-grams are in the vocabulary."""

    def share_out(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Divide the value of each cell evenly among the n-grams it occurs in, shape (n_ngrams,).

        ``values`` is parallel to ``matrix.data``.
        """
        shares = np.repeat(values / self.counts.astype(np.float32), self.counts)
        return np.bincount(self.origins, shares, len(self.known)).astype(np.float32)


class SectionNgrams(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Words, word pairs and cues by section group; sub-linear tf, idf of the training side only.

    A feature is an n-gram in a block. Each n-gram counts twice: in the block of the whole text
    and in the block of the section group it stands in (`pipeline.ngrams.SECTION_GROUPS`), so
    that a copy without headings still has features. Weights are ``(1 + log tf) * idf``
    (Manning, Raghavan and Schütze 2008, Introduction to Information Retrieval, ch. 6.4), and
    each block of a text has length one: a summary of forty words speaks as loud as findings
    of a thousand, and a block that a copy lacks is silent.

    Parameters
    ----------
    sections
        Labels of the sections that are read; None for all.
    min_df
        Features in fewer training texts are left out.
    max_features
        Keep this many features at the most, the most frequent first.
    by_section
        Add the blocks of the section groups.
    whole
        Add the block of the whole text.

    Attributes
    ----------
    vocabulary_
        Sorted 64-bit hashes of the n-grams, shape (n_ngrams,).
    columns_
        Column of each n-gram in each block, -1 where it is no feature, shape
        (n_ngrams, N_BLOCKS).
    blocks_
        Block of each feature, 0 for the whole text, shape (n_features,).
    idf_
        Shape (n_features,).
    """

    def __init__(
        self,
        sections: tuple[str, ...] | None = None,
        min_df: int = 3,
        max_features: int | None = 200_000,
        by_section: bool = True,
        whole: bool = True,
    ) -> None:
        self.sections = sections
        self.min_df = min_df
        self.max_features = max_features
        self.by_section = by_section
        self.whole = whole

    def fit(self, docs: Iterable[Doc | Ngrams] | DocBin, y: object = None) -> Self:  # noqa: ARG002
        """Learn vocabulary and idf.

        Raises
        ------
        ValueError
            No feature stands in at least ``min_df`` of the texts.
        """
        counts = [DocumentCounts() for _ in range(N_BLOCKS)]
        n_texts = 0
        for ngrams in as_ngrams(docs):
            for block, hashes in self._by_block(self._readable(ngrams)):
                counts[block].add(hashes)
            n_texts += 1
        salted, blocks, df = self._frequent(counts)
        if not len(salted):
            raise ValueError(
                f"There is nothing to learn from: no word stands in {self.min_df} of the "
                f"{n_texts} texts. Check that they are decisions and that their headings "
                "are known."
            )
        # The most frequent first, so that what most texts read lies together in memory.
        kept = np.argsort(-df, kind="stable")[: self.max_features]
        self.blocks_ = blocks[kept]
        self.idf_ = (np.log((1 + n_texts) / (1 + df[kept])) + 1).astype(np.float32)
        self.vocabulary_, rows = np.unique(salted[kept] ^ SALTS[self.blocks_], return_inverse=True)
        self.columns_ = np.full((len(self.vocabulary_), N_BLOCKS), -1, dtype=np.int32)
        self.columns_[rows, self.blocks_] = np.arange(len(kept), dtype=np.int32)
        self.__dict__.pop("_index", None)
        return self

    def transform(self, docs: Iterable[Doc | Ngrams] | DocBin) -> csr_matrix:
        """Return the matrix, float32, shape (n_texts, n_features)."""
        check_is_fitted(self)
        rows = [self.weigh(joined(texts)).matrix for texts in batched(as_ngrams(docs), TOGETHER)]
        if not rows:
            return csr_matrix((0, len(self.idf_)), dtype=np.float32)
        return vstack(rows, format="csr")

    def weigh(self, texts: JoinedNgrams) -> Weighted:
        """Return the weight of each feature of each text.

        Raises
        ------
        ValueError
            The texts are so many that their cells cannot be numbered: thousands of them.
        """
        n_features = len(self.idf_)
        if len(texts) * n_features >= 1 << (63 - _ORIGIN_BITS):
            raise ValueError(f"{len(texts)} texts are too many at once: weigh them in batches.")
        known, cells, origins = self._occurrences(texts)
        is_first = np.ones(len(cells), dtype=np.bool_)
        np.not_equal(cells[1:], cells[:-1], out=is_first[1:])
        firsts = np.flatnonzero(is_first)
        counts = np.diff(firsts, append=len(cells))
        rows = texts.numbers.take(origins.take(firsts))
        columns = (cells.take(firsts) - rows * n_features).astype(np.int32)
        weights = (1 + np.log(counts, dtype=np.float32)) * self.idf_.take(columns)
        blocks = rows * N_BLOCKS + self.blocks_.take(columns)
        lengths = np.sqrt(np.bincount(blocks, weights * weights, len(texts) * N_BLOCKS))
        weights /= lengths.astype(np.float32).take(blocks)
        ends = np.searchsorted(rows, np.arange(len(texts) + 1)).astype(np.int32)
        matrix = csr_matrix((weights, columns, ends), shape=(len(texts), n_features))
        return Weighted(matrix, counts, origins, known)

    def _occurrences(
        self, texts: JoinedNgrams
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
        """Return which n-grams are known, and the occurrences of features.

        Those are two arrays in the order of the matrix: the cell that an occurrence counts for
        (row times n_features plus column), and its n-gram.
        """
        ngrams = texts.ngrams
        entries, known = self._index.find(ngrams.hashes)
        if self.sections is not None:
            known &= label_flags(self.sections).take(ngrams.sections)
        read = np.flatnonzero(known)
        whole = entries.take(read) * np.intp(N_BLOCKS)
        by_section = whole + _BLOCK_OF_LABEL.take(ngrams.sections.take(read))
        columns = self.columns_.ravel().take(np.concatenate([whole, by_section]))
        features = np.flatnonzero(columns >= 0)
        origins = np.concatenate([read, read]).take(features)
        cells = texts.numbers.take(origins) * len(self.idf_) + columns.take(features)
        # One number holds cell and n-gram, so that one sort brings the occurrences of a feature
        # together and the arrays of the model are read from front to back.
        packed = np.sort(cells << _ORIGIN_BITS | origins)
        return known, packed >> _ORIGIN_BITS, packed & _ORIGIN_MASK

    @cached_property
    def _index(self) -> HashIndex:
        return HashIndex(self.vocabulary_)

    def __getstate__(self) -> dict[str, Any]:
        # The index is made of the vocabulary, quickly, so no bundle need hold it.
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "_index"}

    def _readable(self, ngrams: Ngrams) -> Ngrams:
        return ngrams if self.sections is None else ngrams.within(label_flags(self.sections))

    def _by_block(self, ngrams: Ngrams) -> Iterator[tuple[int, NDArray[np.uint64]]]:
        """Yield block and hashes of the whole text, then of each section group it has."""
        if self.whole:
            yield 0, ngrams.hashes
        if self.by_section:
            groups = GROUP_OF_LABEL[ngrams.sections]
            for group in np.flatnonzero(np.bincount(groups)):
                yield int(group) + 1, ngrams.hashes[groups == group]

    def _frequent(
        self, counts: list[DocumentCounts]
    ) -> tuple[NDArray[np.uint64], NDArray[np.uint8], NDArray[np.int32]]:
        """Return salted hash, block and count of what is frequent enough, sorted by hash."""
        found = [count.at_least(self.min_df) for count in counts]
        blocks = np.repeat(np.arange(N_BLOCKS, dtype=np.uint8), [len(one) for one, _ in found])
        salted = np.concatenate([one for one, _ in found]) ^ SALTS[blocks]
        order = np.argsort(salted)
        return salted[order], blocks[order], np.concatenate([df for _, df in found])[order]

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "vocabulary_")


def as_ngrams(docs: Iterable[Doc | Ngrams] | DocBin) -> Iterable[Ngrams]:
    """Yield the n-grams of each text, reading Docs where they have not been read yet."""
    if isinstance(docs, DocBin):
        docs = docs.get_docs(spacy.blank("en").vocab)
    for doc in docs:
        yield doc if isinstance(doc, Ngrams) else read_ngrams(doc)
