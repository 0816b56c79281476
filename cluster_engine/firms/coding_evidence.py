"""Evidence for each industry a firm may belong to: vocabulary, official index, GICS, verbs.

All of it is an array of shape (n_firms, n_candidates, n_features) over the most plausible classes
of each firm.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.feature_extraction.text import TfidfVectorizer

from cluster_engine.firms.coding_text import Descriptions, find_terms

Floats = NDArray[np.float32]
Vectors = tuple[csr_array, ...]
N_CANDIDATES = 60
"""Classes looked at per firm; the official class is among them for 91 % of the R&D panel."""

FIELDS = ("beginning", "continuation", "whole", "name")
PRIOR_FLOOR = 1e-6
KINDS: tuple[tuple[str, str], ...] = (
    ("primary", r"0[1-3]"), ("mining", r"0[5-9]"), ("manufacture", r"[12]\d|3[0-3]"),
    ("utilities", r"3[5-9]"), ("construction", r"4[1-3]"), ("retail", r"47|45(?:11|19|20|32)"),
    ("wholesale", r"4[56]"), ("transport", r"49|5[0-3]"), ("hospitality", r"5[56]"),
    ("information", r"58|59|6[0-3]"), ("finance and property", r"6[4-8]"),
    ("professional", r"69|7[0-5]"), ("administrative", r"7[7-9]|8[0-2]"), ("personal", r".."),
)  # fmt: skip
VERBS: tuple[tuple[str, str], ...] = (
    (
        "make",
        r"\b(?:manufactur\w*|produc(?:es|e|ing|tion|er)\b|fabricat\w*|assembl\w*|makes|maker)",
    ),
    ("trade", r"\b(?:trad(?:es|ing|er)|distribut\w*|wholesal\w*|import\w*|dealer\w*|stockist)\b"),
    ("retail", r"\b(?:retail\w*|stores?|shops?|supermarkets?|e-commerce|outlets)\b"),
    ("build", r"\b(?:construct\w*|contractor|EPC|civil\sengineering|installation)\b"),
    ("serve", r"\b(?:services?|consult\w*|solutions|outsourc\w*)\b"),
    ("code", r"\b(?:software|platform|SaaS|cloud|internet|app)\b"),
    ("mine", r"\b(?:mining|exploration|mines|explores)\b"),
    ("research", r"\b(?:clinical|preclinical|therapeutics|discover\w*)\b"),
    ("rent", r"\b(?:rent\w*|leas\w*)\b"),
    ("sell", r"\b(?:sells?|sales?|resell\w*|markets)\b"),
    ("explore", r"\b(?:explor\w*|deposits|mineral\sproperties)\b"),
    ("staff", r"\b(?:staffing|recruit\w*|personnel|human\sresources?|temporary)\b"),
    ("engineer", r"\bengineering\s(?:services|consult\w*|design)\b"),
)
ONLY = ("trade", "retail", "sell", "build", "serve")
"""Verbs that mean something else where nothing is made: 'trade only' is a trader."""

VERB_KINDS = (
    ("make", "manufacture"), ("make", "wholesale"), ("trade", "wholesale"),
    ("trade", "manufacture"),
    ("retail", "retail"), ("retail", "manufacture"), ("build", "construction"),
    ("build", "manufacture"), ("serve", "manufacture"), ("serve", "information"),
    ("serve", "professional"), ("serve", "administrative"), ("code", "information"),
    ("code", "manufacture"), ("mine", "mining"), ("mine", "manufacture"),
    ("research", "professional"),
    ("research", "manufacture"), ("rent", "administrative"), ("rent", "manufacture"),
)  # fmt: skip
VERB_REACH = 220
"""Characters of the first sentence in which its verbs are looked for."""


@dataclass(frozen=True, slots=True)
class Reference:
    """What firms are compared with.

    Attributes
    ----------
    industries : array of str, shape (n_classes,)
        Four-digit codes, sorted.
    division_of : array of int, shape (n_classes,)
        Position of each code's division among the sorted divisions.
    vectorizer : TfidfVectorizer
        Terms of descriptions and classes.
    class_vectors : tuple of csr_array, each of shape (n_classes, n_terms)
        Business vocabulary with labels; official index.
    prior : DataFrame, shape (n_gics, n_classes)
        P(class | GICS); index: GICS industry.
    marginal : array, shape (n_classes,)
        P(class) over all firms.
    """

    industries: NDArray[np.str_]
    division_of: NDArray[np.int64]
    vectorizer: TfidfVectorizer
    class_vectors: tuple[csr_array, csr_array]
    prior: pd.DataFrame
    marginal: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence on n firms.

    Attributes
    ----------
    candidates : array of int, shape (n_firms, n_candidates)
        Positions of classes.
    features : array of float32, shape (n_firms, n_candidates, n_features)
    """

    candidates: NDArray[np.int64]
    features: Floats


def build_reference(
    classes: pd.DataFrame, gics_table: pd.DataFrame, descriptions: Descriptions
) -> Reference:
    """Build what firms are compared with.

    Parameters
    ----------
    classes : DataFrame
        As `sic_index.read_class_texts` returns.
    gics_table : DataFrame
        Columns gics_industry, industry (prefix of 2 to 4 digits), weight.
    descriptions : Descriptions
        Firms of all sorts: what is rare among them weighs more.
    """
    vocabulary = [
        f"{terms}; {terms}; {terms}; {label}"
        for terms, label in zip(classes["terms"], classes["label"], strict=True)
    ]
    index_texts = classes["index_text"].tolist()
    vectorizer = TfidfVectorizer(analyzer=find_terms, sublinear_tf=True, dtype=np.float32)
    vectorizer.fit([*vocabulary, *index_texts, *descriptions.beginning, *descriptions.continuation])
    industries = classes["industry"].to_numpy(dtype="U4")
    prior = calc_prior(gics_table, industries)
    known = [name for name in descriptions.gics if name in prior.index]
    marginal = prior.loc[known].to_numpy().mean(axis=0) if known else np.full(len(industries), 1.0)
    return Reference(
        industries,
        np.unique(industries.astype("U2"), return_inverse=True)[1],
        vectorizer,
        (csr_array(vectorizer.transform(vocabulary)), csr_array(vectorizer.transform(index_texts))),
        prior,
        marginal / marginal.sum(),
    )


def calc_prior(gics_table: pd.DataFrame, industries: NDArray[np.str_]) -> pd.DataFrame:
    """Spread the weight of each prefix evenly over its classes; rows add up to 1."""
    rows = {}
    for name, part in gics_table.groupby("gics_industry", sort=True):
        share = np.zeros(len(industries))
        for prefix, weight in zip(part["industry"], part["weight"], strict=True):
            inside = np.char.startswith(industries, str(prefix))
            share[inside] += float(weight) / max(int(inside.sum()), 1)
        rows[name] = share / share.sum()
    return pd.DataFrame.from_dict(rows, orient="index")


def calc_vectors(reference: Reference, firms: Descriptions) -> Vectors:
    """Return the TF-IDF vectors of descriptions, one array of shape (n_firms, n_terms) a field."""
    return tuple(
        csr_array(reference.vectorizer.transform(getattr(firms, field))) for field in FIELDS
    )


def calc_similarities(vectors: Vectors, others: Sequence[csr_array]) -> list[Floats]:
    """Return the cosines of each field with the class vectors given for it.

    Parameters
    ----------
    vectors : tuple of csr_array, each of shape (n_firms, n_terms)
    others : sequence of csr_array, each of shape (n_classes, n_terms)
        One per field, in the order of `FIELDS`.
    """
    return [
        (own @ other.T).toarray().astype(np.float32)
        for own, other in zip(vectors, others, strict=True)
    ]


def calc_evidence(
    reference: Reference,
    firms: Descriptions,
    vectors: Vectors,
    *,
    similarities: Sequence[Floats] = (),
    extra: Sequence[Floats] = (),
) -> Evidence:
    """Weigh the evidence on n firms.

    Parameters
    ----------
    reference : Reference
    firms : Descriptions
    vectors : tuple of csr_array
        As `calc_vectors` returns for these firms.
    similarities : sequence of array, each of shape (n_firms, n_classes)
        Further cosines; enter with their square root.
    extra : sequence of array, each of shape (n_firms, n_classes)
        Further evidence; enters as it is.
    """
    prior = reference.prior.reindex(list(firms.gics)).to_numpy()
    prior = np.where(np.isfinite(prior), prior, reference.marginal)
    log_prior = np.log(0.97 * prior + 0.03 * reference.marginal + PRIOR_FLOOR).astype(np.float32)
    common = np.log(reference.marginal + 10 * PRIOR_FLOOR).astype(np.float32)
    words = calc_similarities(vectors, [reference.class_vectors[0]] * len(FIELDS))
    index = calc_similarities(vectors, [reference.class_vectors[1]] * len(FIELDS))
    beginning, continuation = words[0], words[1]
    plausible = (
        0.4 * log_prior + 0.3 * common + 5 * beginning + 3 * continuation
        + 4 * np.sqrt(beginning) + 3 * np.sqrt(continuation)
    )  # fmt: skip
    n_candidates = min(N_CANDIDATES, len(reference.industries))
    candidates = np.argsort(-plausible, axis=1, kind="stable")[:, :n_candidates]

    def take(columns: Sequence[Floats]) -> list[Floats]:
        return [np.take_along_axis(column, candidates, axis=1) for column in columns]

    alike = take([*words, *index, *similarities])
    priors = take([log_prior, np.broadcast_to(common, log_prior.shape), *extra])
    verbs = _calc_verb_evidence(reference, firms, candidates)
    return Evidence(
        candidates,
        np.stack([*priors, *alike, *(np.sqrt(column) for column in alike), *verbs], axis=-1),
    )


def _calc_verb_evidence(
    reference: Reference, firms: Descriptions, candidates: NDArray[np.int64]
) -> list[Floats]:
    """Say where what a firm does (makes, trades, builds…) meets what a class is about."""
    kind = [
        next(i for i, (_, form) in enumerate(KINDS) if re.match(form, code))
        for code in reference.industries
    ]
    is_kind = {
        name: (np.asarray(kind)[candidates] == i).astype(np.float32)
        for i, (name, _) in enumerate(KINDS)
    }
    openings = [text[:VERB_REACH] for text in firms.beginning]
    says = {
        name: np.array(
            [re.search(form, text, re.IGNORECASE) is not None for text in openings], np.float32
        )
        for name, form in VERBS
    }
    says |= {f"{name} only": says[name] * (1 - says["make"]) for name in ONLY}
    alone = [is_kind[name] for name in ("manufacture", "wholesale", "information", "professional")]
    return alone + [says[verb][:, None] * is_kind[name] for verb, name in VERB_KINDS]
