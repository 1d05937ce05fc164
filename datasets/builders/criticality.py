"""Build criticality.csv and inventory-cover.csv from the survey data of Pichler et al. (2022).

Analysts rated whether an industry can go on for two months without an input: 1 critical, 0.5
important, 0 neither. Ratings are on the industries of WIOD 2016. To other sectors they go thus:

coarser
    the share of purchases, in the world's domestic flows of 2014, that is rated critical, and the
    share that is rated important; pairs without a rating are left out, and pairs without any flow
    count alike.
finer
    the parent's rating, times the sector's share of what the user buys of the parent, relative to
    the largest of its siblings: the rating speaks about the kind that the user lives on, so coal
    stops no refinery because crude oil would.

part of a split sector (world-2022-ree)
    both parts need what the parent needs, and the rest is needed as the parent is. Who needs the
    small part is not in the survey: it stands in ``data/ree_criticality.csv``, a reason on every
    line, and users that are not listed do not need it.

Months of cover are averages over industries weighted by output; parts have those of their parent.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.concordance import DATA, load_concordance
from datasets.builders.csv_file import write_csv
from datasets.builders.raw import raw_folder, read_wiod_2014
from datasets.builders.ree_chain import FAMILY, split_labels
from datasets.builders.ree_facts import PARTS
from iomodel.errors import TableError
from iomodel.typing import Float

Groups = Mapping[str, Sequence[str]]

WORLD, SPLIT = "icio-28+services", "icio-28+services+ree"
# Critical and important share by word; "parent" takes those of the parent sector.
WORDS = {"critical": (1.0, 0.0), "important": (0.0, 1.0), "none": (0.0, 0.0)}

CRITICALITY = """\
# Criticality of inputs, from the ratings by industry analysts in Pichler et al. (2022): the share
# of what `user` buys of `input` that is rated critical (production stops without it) and the share
# rated important. Pairs that are not listed are neither. Made by builders/criticality.py, which
# says how ratings of WIOD 2016 industries go to other classifications. Who needs rare earths is not
# in the survey: builders/data/ree_criticality.csv has a reason for every rating.
"""
COVER = """\
# Months of cover: stocks of inputs held by the sector, as a multiple of what it produces in a month
# (Pichler et al. 2022), averaged over the WIOD 2016 industries in `from` with output of 2014 as
# weights. Empty: not known. Made by builders/criticality.py.
"""


@dataclass(frozen=True)
class Survey:
    """Ratings and months of cover of WIOD 2016 industries.

    Attributes
    ----------
    industries : list of str
        56 codes.
    rating : ndarray, shape (56, 56)
        1, 0.5 or 0; NaN where not rated.
    months : ndarray, shape (56,)
        Months of cover; NaN where unknown.
    flow : ndarray, shape (56, 56)
        World purchases from domestic suppliers, the weights of inputs.
    output : ndarray, shape (56,)
        World output, the weights of months.
    """

    industries: list[str]
    rating: Float
    months: Float
    flow: Float
    output: Float


def read_survey(folder: Path) -> Survey:
    """Read the raw data and put everything in the order of WIOD 2016."""
    industries = pd.read_csv(DATA / "concordance_wiod2016.csv")["industry"].tolist()
    ratings = pd.read_csv(folder / "criticality" / "IHS_Markit_results_compact.csv", index_col=0)
    cover = pd.read_csv(folder / "criticality" / "table_ratio_inv_go.csv").set_index("wiod_code")
    unknown = (set(ratings.index) | set(ratings.columns) | set(cover.index)) - set(industries)
    if unknown:
        raise TableError(f"the criticality survey names unknown industries: {sorted(unknown)}")
    wiod = read_wiod_2014(folder)
    flow = wiod.domestic.sum(axis=0)
    return Survey(
        industries,
        ratings.reindex(index=industries, columns=industries).to_numpy(dtype=np.float64),
        cover["ratio_input_inv_go_monthly"].reindex(industries).to_numpy(dtype=np.float64),
        np.maximum(flow, 0.0),
        flow.sum(axis=1) + wiod.final.sum(axis=(0, 2, 3)),
    )


def groupings() -> dict[str, Groups]:
    """WIOD 2016 industries behind each sector, by classification."""
    concordance = load_concordance()
    frame = pd.read_csv(DATA / "concordance_wiod2016.csv")
    by_parent = frame.groupby("parent")["industry"].apply(list).to_dict()
    icio = {
        s: by_parent[concordance.parents[p]]
        for s, p in zip(concordance.sectors, concordance.parent_of, strict=True)
    }
    older = pd.read_csv(DATA / "wiod2013_from_2016.csv")
    wiod_2013 = {
        s: str(i).split() for s, i in zip(older["sector"], older["industries"], strict=True)
    }
    return {
        WORLD: icio,
        SPLIT: {s: icio[FAMILY.get(s, s)] for s in split_labels(concordance.sectors)},
        "wiod-2013": wiod_2013,
        "wiod-2016": {i: [i] for i in frame["industry"]},
    }


def shares(survey: Survey, groups: Groups, level: float) -> Float:
    """Share of purchases with a rating, (sectors, sectors).

    Parameters
    ----------
    survey : Survey
    groups : mapping of str to sequence of str
        Industries behind each sector.
    level : float
        The rating, 1 or 0.5.
    """
    place = {name: k for k, name in enumerate(survey.industries)}
    member = np.zeros((len(groups), len(place)))
    for row, industries in enumerate(groups.values()):
        member[row, [place[i] for i in industries]] = 1.0
    rated = np.isfinite(survey.rating)
    at_level = survey.rating == level
    by_flow = member @ (survey.flow * rated) @ member.T
    by_count = member @ rated @ member.T
    weighted = np.divide(
        member @ (survey.flow * at_level) @ member.T,
        by_flow,
        out=np.zeros_like(by_flow),
        where=by_flow > 0,
    )
    plain = np.divide(
        member @ at_level @ member.T, by_count, out=np.zeros_like(by_count), where=by_count > 0
    )
    share: Float = np.where(by_flow > 0, weighted, plain)
    return share


def dominance() -> Float:
    """Share of a sector in a user's purchases relative to its largest sibling, (37, 37)."""
    concordance = load_concordance()
    split = concordance.row_split[:, : len(concordance.sectors)]
    relative: Float = np.ones_like(split)
    for parent in np.unique(concordance.parent_of):
        children = concordance.parent_of == parent
        relative[children] = split[children] / split[children].max(axis=0)
    return relative


def rated(survey: Survey) -> dict[str, tuple[list[str], Float]]:
    """Sectors, and critical and important share of every pair, by classification.

    Shares have shape (2, sectors, sectors): kind, input, user.
    """
    cells_by_classification: dict[str, tuple[list[str], Float]] = {}
    for classification, groups in groupings().items():
        if classification == SPLIT:
            # The parents stand before their parts.
            parents = cells_by_classification[WORLD]
            cells_by_classification[SPLIT] = with_parts(*parents)
            continue
        factor = dominance() if classification == WORLD else 1.0
        cells = np.stack([shares(survey, groups, level) * factor for level in (1.0, 0.5)])
        cells_by_classification[classification] = (list(groups), cells)
    return cells_by_classification


def with_parts(parents: list[str], cells: Float) -> tuple[list[str], Float]:
    """Rate the parts of split sectors: as their parents, but for the users of the small part.

    Parameters
    ----------
    parents : list of str
        Sectors before the split.
    cells : ndarray, shape (2, S, S)
        Their critical and important shares.

    Returns
    -------
    sectors : list of str
        After the split.
    cells : ndarray, shape (2, T, T)

    Raises
    ------
    TableError
        If ``ree_criticality.csv`` has an unknown part, user or rating.
    """
    sectors = split_labels(parents)
    place = {s: k for k, s in enumerate(sectors)}
    parent_of = [parents.index(FAMILY.get(s, s)) for s in sectors]
    inherited = cells[:, parent_of][:, :, parent_of]
    rated_cells = inherited.copy()
    rated_cells[:, [place[part] for part in PARTS]] = 0.0
    for row in pd.read_csv(DATA / "ree_criticality.csv").itertuples():
        part, user, word = str(row.input), str(row.user), str(row.rating)
        if part not in PARTS or user not in place or word not in {*WORDS, "parent"}:
            raise TableError(
                f"ree_criticality.csv rates {part} for {user} as {word!r}; give a part of the "
                f"chain, a sector, and one of {', '.join(WORDS)} or parent"
            )
        i, j = place[part], place[user]
        rated_cells[:, i, j] = inherited[:, i, j] if word == "parent" else WORDS[word]
    return sectors, rated_cells


def criticality_rows(survey: Survey) -> Iterable[list[str]]:
    """Yield classification, input, user, critical and important share, where not both zero."""
    for classification, (codes, (critical, important)) in rated(survey).items():
        for i, j in zip(*np.nonzero(np.round(critical + important, 4)), strict=True):
            yield [
                *(classification, codes[i], codes[j]),
                *(f"{round(float(share[i, j]), 4):g}" for share in (critical, important)),
            ]


def cover_rows(survey: Survey) -> Iterable[list[str]]:
    """Yield classification, sector, industries and months of cover."""
    place = {name: k for k, name in enumerate(survey.industries)}
    for classification, groups in groupings().items():
        for sector, industries in groups.items():
            k = [place[i] for i in industries if np.isfinite(survey.months[place[i]])]
            months = np.average(survey.months[k], weights=survey.output[k]) if k else None
            text = "" if months is None else f"{float(months):.4f}"
            yield [classification, sector, " ".join(industries), text]


def build(raw: Path, out: Path) -> list[Path]:
    """Write both files under ``out/embedded``; the same raw data give the same bytes."""
    survey = read_survey(raw)
    contents = {
        "criticality.csv": (
            CRITICALITY,
            ["classification", "input", "user", "critical", "important"],
            criticality_rows(survey),
        ),
        "inventory-cover.csv": (
            COVER,
            ["classification", "sector", "from", "months"],
            cover_rows(survey),
        ),
    }
    return [
        write_csv(out / "embedded" / name, comments, columns, rows)
        for name, (comments, columns, rows) in contents.items()
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """Build the files from the command line."""
    options = raw_folder(argv, __doc__ or "")
    print(*build(options.raw, options.out), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
