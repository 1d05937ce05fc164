"""Who stands with whom: the paper's blocs, a user's own, or blocs drawn from similarity scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from iomodel.errors import LabelError, unknown_label
from iomodel.scenario.scenario import Scenario
from iomodel.scenario.shocks import Embargo, Shock, Tariff, TradeCost
from iomodel.table.groups import resolve_region, resolve_regions
from iomodel.typing import Bool

__all__ = ["BLOCS", "Blocs"]

BLOCS = ("west", "east", "neutral")
# The decoupling of [GoesBekkers2022]_: full, and by tariffs.
FULL, POINTS = 1.6, 0.32


@dataclass(frozen=True)
class Blocs:
    """An assignment of every region of a table to West, East, or neither.

    Neutral regions go on trading with both blocs.

    Attributes
    ----------
    west, east, neutral : tuple of str
        Region labels; each region is in one of them.
    source : str
        Where the assignment comes from.
    """

    west: tuple[str, ...]
    east: tuple[str, ...]
    neutral: tuple[str, ...] = ()
    source: str = "given by the user"

    def __post_init__(self) -> None:
        """Refuse a region in two blocs, and a bloc without members."""
        every = [*self.west, *self.east, *self.neutral]
        twice = sorted({r for r in every if every.count(r) > 1})
        if twice:
            raise LabelError(f"region {twice[0]!r} is in two blocs; assign it once")
        if not self.west or not self.east:
            raise LabelError("a bloc has no members; give both at least one region")

    # ------------------------------------------------------------------ making
    @classmethod
    def of(
        cls,
        regions: Sequence[str],
        west: str | Sequence[str] = "west",
        east: str | Sequence[str] = "east",
        source: str = "",
    ) -> Blocs:
        """Assign regions by labels or groups; those in neither are neutral.

        Parameters
        ----------
        regions : sequence of str
            The regions of a table.
        west, east : str or sequence of str
            Labels or groups. By default the blocs of [GoesBekkers2022]_.
        source : str
            Default: the paper where its groups are asked for, else the user.

        Returns
        -------
        Blocs

        Raises
        ------
        LabelError
            If a name is unknown, or a region is in both.
        """
        published = (west, east) == ("west", "east")
        labels = [str(r) for r in regions]
        western, eastern = resolve_regions(west, labels), resolve_regions(east, labels)
        neutral = tuple(r for r in labels if r not in western and r not in eastern)
        words = source or ("GoesBekkers2022" if published else "given by the user")
        return cls(tuple(western), tuple(eastern), neutral, words)

    @classmethod
    def from_scores(
        cls,
        scores: Mapping[str, float],
        regions: Sequence[str],
        *,
        threshold: float = 0.0,
        band: float = 0.0,
        source: str = "similarity scores given by the user",
    ) -> Blocs:
        """Assign regions by a similarity score, such as likeness to one pole less to the other.

        Parameters
        ----------
        scores : mapping of str to float
            By region or group; high is West. A pandas Series will do.
        regions : sequence of str
            The regions of a table. A region's own score wins over that of a group.
        threshold : float
            Above it West, below it East.
        band : float
            Regions no farther than this from the threshold are neutral.
        source : str

        Returns
        -------
        Blocs

        Raises
        ------
        LabelError
            If a region has no score or one that is no number.
        """
        labels = [str(r) for r in regions]
        score: dict[str, float] = {}
        by_region = {str(k): float(v) for k, v in scores.items() if str(k) in labels}
        for name, value in scores.items():
            if str(name) not in labels:
                score |= dict.fromkeys(resolve_regions(str(name), labels), float(value))
        score |= by_region
        missing = [r for r in labels if not np.isfinite(score.get(r, np.nan))]
        if missing:
            raise LabelError(f"no similarity score for region(s) {', '.join(missing)}; add them")
        if band < 0.0:
            raise LabelError("the neutral band cannot be negative")
        distance = {r: score[r] - threshold for r in labels}
        return cls(
            tuple(r for r in labels if distance[r] > band),
            tuple(r for r in labels if distance[r] < -band),
            tuple(r for r in labels if abs(distance[r]) <= band),
            source,
        )

    def moved(self, regions: str | Sequence[str], to: str) -> Blocs:
        """Return the assignment with some regions moved.

        Parameters
        ----------
        regions : str or sequence of str
            Labels or groups.
        to : {"west", "east", "neutral"}

        Returns
        -------
        Blocs

        Raises
        ------
        LabelError
            If a name is unknown, or a bloc is left without members.
        """
        if to not in BLOCS:
            raise unknown_label("bloc", to, BLOCS)
        movers = resolve_regions(regions, [*self.west, *self.east, *self.neutral])
        blocs = {name: [r for r in getattr(self, name) if r not in movers] for name in BLOCS}
        blocs[to] += movers
        movers_named = regions if isinstance(regions, str) else ", ".join(regions)
        changed = {name: tuple(members) for name, members in blocs.items()}
        return replace(self, **changed, source=f"{self.source}; {movers_named} moved to {to}")

    # ------------------------------------------------------------------ using
    def of_region(self, region: str) -> str:
        """Return the bloc of a region.

        Raises
        ------
        LabelError
            If it has none.
        """
        label = resolve_region(region, [*self.west, *self.east, *self.neutral])
        return next(name for name in BLOCS if label in getattr(self, name))

    def crossing(self, regions: Sequence[str]) -> Bool:
        """Return which flows cross from one bloc to the other, (R, R) [exporter, importer]."""
        side = np.array([{"west": 1, "east": -1, "neutral": 0}[self.of_region(r)] for r in regions])
        return np.asarray(side[:, None] * side[None, :] == -1)

    def tariffs(self, points: float = POINTS, sectors: str | Sequence[str] = "goods") -> Scenario:
        """Return the scenario of higher duties between the blocs, both ways.

        Parameters
        ----------
        points : float
            Added to the duties in force; 0.32 in [GoesBekkers2022]_ after
            [NicitaOlarreagaSilva2018]_.
        sectors : str or sequence of str
            Labels or groups of the table.

        Returns
        -------
        Scenario
        """
        shocks = [
            Tariff(self.west, self.east, _plain(sectors), points),
            Tariff(self.east, self.west, _plain(sectors), points),
        ]
        return self._scenario("tariffs", f"Two blocs, {100 * points:g} points of duty", shocks)

    def costs(self, increase: float = FULL, sectors: str | Sequence[str] = "all") -> Scenario:
        """Return the scenario of higher iceberg costs between the blocs.

        Parameters
        ----------
        increase : float
            Of the iceberg factor; 1.6 in [GoesBekkers2022]_.
        sectors : str or sequence of str

        Returns
        -------
        Scenario
        """
        shock = TradeCost(
            between=[self.west, self.east], sectors=_plain(sectors), increase=increase
        )
        title = f"Two blocs, trade costs up by {100 * increase:g} percent"
        return self._scenario("costs", title, [shock])

    def embargo(self, sectors: str | Sequence[str] = "all") -> Scenario:
        """Return the scenario of no trade between the blocs in some sectors."""
        shock = Embargo(between=[self.west, self.east], sectors=_plain(sectors))
        return self._scenario("embargo", "Two blocs, no trade between them", [shock])

    def rivalry(
        self,
        points: float = POINTS,
        goods_cost: float = 0.15,
        services_cost: float = 0.25,
        goods: str | Sequence[str] = "goods",
        services: str | Sequence[str] = "services",
    ) -> Scenario:
        """Return the scenario of duties, non-tariff barriers and barriers to services together.

        The family is that of [MetivierEtAl2023]_; the duties are those of
        [NicitaOlarreagaSilva2018]_, the sizes of the non-tariff costs are our own assumptions, for
        the paper's were not at hand.

        Parameters
        ----------
        points : float
            Duties on goods.
        goods_cost, services_cost : float
            Increase of the iceberg factor on goods and on services.
        goods, services : str or sequence of str
            Sectors.

        Returns
        -------
        Scenario
        """
        between = [self.west, self.east]
        shocks: list[Shock] = [
            *self.tariffs(points, goods).shocks,
            TradeCost(between=between, sectors=_plain(goods), increase=goods_cost),
            TradeCost(between=between, sectors=_plain(services), increase=services_cost),
        ]
        title = (
            f"Two blocs, {100 * points:g} points of duty, non-tariff costs up by "
            f"{100 * goods_cost:g} percent on goods and {100 * services_cost:g} on services"
        )
        return self._scenario("rivalry", title, shocks)

    def _scenario(self, policy: str, title: str, shocks: Sequence[Shock]) -> Scenario:
        return Scenario(
            tuple(shocks),
            name=f"two-blocs-{policy}",
            title=title,
            description=f"Blocs: {self.source}.",
            sources=("GoesBekkers2022",),
        )


def _plain(sectors: str | Sequence[str]) -> str | list[str]:
    return sectors if isinstance(sectors, str) else list(sectors)
