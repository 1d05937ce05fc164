"""Page of world-2022-ree, written from the build itself."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from string import Template

import numpy as np

from datasets.builders.markdown import markdown
from datasets.builders.ree_chain import LARGEST_SHARE, Chain
from datasets.builders.ree_facts import DATA, MAGNET, METAL, ORE, OXIDE, PARTS
from iomodel._io import atomic_path
from iomodel.table.groups import resolve_regions

# Gaps below this, in million USD, are not listed.
SMALLEST_GAP = 1.0
USERS_SHOWN = ("CHN", "USA", "DEU", "JPN", "KOR", "VNM")


def write_page(chain: Chain, path: Path) -> None:
    """Write the page as Markdown."""
    template = Template((DATA / "world_2022_ree_page.md").read_text(encoding="utf-8"))
    facts = chain.facts
    text = template.substitute(
        parts=_parts(chain),
        statuses=_statuses(chain),
        magnet_tonnes=f"{facts.magnet_tonnes / 1e3:.0f}",
        magnet_value=f"{facts.magnet_value / 1e3:.1f}",
        metal_share=f"{facts.metal_share:.0%}",
        oxide_price=f"{facts.oxide_value / facts.world_oxides * 1e3:.1f}",
        ore_price=f"{facts.ore_price:.2f}",
        largest=f"{LARGEST_SHARE:.0%}",
        checks=_checks(chain),
        unplaced=_unplaced(chain),
        burma=f"{_burma(chain):.0f}",
        output=_output(chain),
        uses=_uses(chain),
        heavy=heavy_text(facts.values),
        facts=_facts(chain),
    )
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def heavy_text(values: dict[str, float]) -> str:
    """Known shares of heavy rare earths in one sentence."""
    return (
        f"China separates about {values['china_heavy_separation']:.0%} of heavy rare earths; net "
        f"import reliance on them is {values['us_heavy_reliance']:.0%} in the United States, and "
        f"Japan takes about {values['japan_heavy_reliance']:.0%} of its dysprosium and terbium "
        "from China."
    )


def _million(value: float) -> str:
    return f"{value:,.1f}"


def _parts(chain: Chain) -> str:
    china = chain.regions.index("CHN")
    names = ("ores and concentrates", "compounds", "metals and magnet alloys", "magnets")
    rows = []
    for p, part in enumerate(PARTS):
        output, placed = chain.output[p], chain.placed[p]
        parent = chain.factors.trade.sum(axis=2).sum(axis=0)
        abroad = placed[china].sum() - placed[china, china]
        position = chain.sectors.index(part)
        added = chain.primary[0, china, position] / output[china]
        share = output.sum() / parent[_product(chain, part)]
        cells = [f"{output.sum() / 1e3:.2f}", f"{share:.2%}", f"{output[china] / output.sum():.1%}"]
        rows.append([part, names[p], *cells, _million(abroad), f"{added:.0%}"])
    header = ["part", "what", "world output, billion USD", "of the parent", "China's share"]
    header += ["China's exports, million USD", "value added, China"]
    return markdown(header, rows, text_columns=2)


def _product(chain: Chain, part: str) -> int:
    """Position of the parent's product: parts before it shift the sectors by one."""
    return chain.sectors.index(part) - PARTS.index(part)


def _statuses(chain: Chain) -> str:
    facts = chain.facts
    frames = (facts.facts, facts.output, facts.trade, facts.use, facts.costs)
    count = Counter(str(s) for frame in frames for s in frame["status"])
    return ", ".join(f"{n} {status}" for status, n in count.most_common())


def _checks(chain: Chain) -> str:
    regions, v, placed = chain.regions, chain.facts.values, chain.placed
    china, usa = regions.index("CHN"), regions.index("USA")
    europe = [regions.index(r) for r in resolve_regions("EU27", regions)]
    ore, oxide, metal, magnet = (PARTS.index(p) for p in (ORE, OXIDE, METAL, MAGNET))
    output = chain.output

    def exports(p: int) -> float:
        return float(placed[p, china].sum() - placed[p, china, china])

    outside = np.ones(len(regions), dtype=bool)
    outside[europe] = False
    bought = placed[magnet][np.ix_(outside, np.array(europe))].sum()
    powders = v["china_powder_exports"] + v["china_sheet_exports"]
    rows = [
        ["China's exports of magnets, million USD", _million(v["china_magnet_exports"])],
        ["China's exports of compounds, million USD", _million(v["china_compound_exports"])],
        ["China's exports of powders and alloy sheets, million USD", _million(powders)],
        ["US imports of compounds and metals, million USD", _million(v["us_compound_imports"])],
        ["China's share of mining (tonnes of USGS 2026)", f"{270000 / v['world_mine']:.1%}"],
        ["China's share of separation", f"{v['china_separation_share']:.1%}"],
        ["China's share of magnets", "94.0%"],
        ["China's share of magnets that the EU imports", f"{v['eu_magnets_from_china']:.1%}"],
    ]
    values = [
        _million(exports(magnet)),
        _million(exports(oxide)),
        _million(exports(metal)),
        _million(placed[oxide, :, usa].sum() - placed[oxide, usa, usa]),
        *(f"{output[p, china] / output[p].sum():.1%}" for p in (ore, oxide, magnet)),
        f"{placed[magnet, china, europe].sum() / bought:.1%}",
    ]
    return markdown(["what", "fact", "table"], [[*a, b] for a, b in zip(rows, values, strict=True)])


def _unplaced(chain: Chain) -> str:
    gap = chain.stated - chain.placed
    rows = []
    for position in np.argsort(-gap, axis=None, kind="stable"):
        p, i, r = (int(k) for k in np.unravel_index(position, gap.shape))
        if gap[p, i, r] < SMALLEST_GAP:
            break
        flows = [_million(a[p, i, r]) for a in (chain.stated, chain.placed)]
        rows.append([PARTS[p], chain.regions[i], chain.regions[r], *flows])
    return markdown(["part", "seller", "buyer", "asked for", "placed"], rows, text_columns=3)


def _burma(chain: Chain) -> float:
    seller, buyer = chain.regions.index("MMR"), chain.regions.index("CHN")
    return float(chain.factors.trade[seller, _product(chain, ORE), buyer])


def _output(chain: Chain) -> str:
    total = chain.output.sum(axis=0)
    rows = [
        [chain.regions[r], *(_million(chain.output[p, r]) for p in range(len(PARTS)))]
        for r in np.argsort(-total, kind="stable")
        if total[r] > 0
    ]
    return markdown(["region", *PARTS], rows)


def _uses(chain: Chain) -> str:
    rows = []
    for part in (OXIDE, MAGNET):
        use = chain.sales[PARTS.index(part)].sum(axis=0)
        for k in np.argsort(-use.sum(axis=0), kind="stable"):
            if use[:, k].sum() > 0:
                national = [use[chain.regions.index(r), k] for r in USERS_SHOWN]
                cells = [use[:, k].sum(), *national]
                rows.append([part, chain.users[k], *map(_million, cells)])
    return markdown(["part", "user", "world", *USERS_SHOWN], rows, text_columns=2)


def _facts(chain: Chain) -> str:
    columns = ["key", "value", "unit", "year", "status", "source", "note"]
    rows = [[str(row[c]) for c in columns] for _, row in chain.facts.facts.iterrows()]
    for row in rows:
        row[1] = f"{float(row[1]):g}" if float(row[1]) < 1e5 else f"{float(row[1]):,.0f}"
    return markdown(columns, rows, text_columns=len(columns))
