"""The page stands alone and shows everything that the numbers stand on."""

import re

from iomodel.report.bibliography import citations
from iomodel.report.html import report_html


def test_page_needs_no_other_file(quantity_effects, price_effects):
    for effects in (quantity_effects, price_effects):
        page = report_html(effects)
        assert page.count("data:image/png;base64,") == 2
        assert not re.search(r'(src|href)="(?!data:)', page)
        assert "<link" not in page
        assert "<script" not in page


def test_page_shows_where_the_numbers_come_from(quantity_effects):
    page = report_html(quantity_effects)
    for part in (
        "A toy &lt;cut&gt;",
        "leontief",
        "lost and diverted",
        "CP",
        "toy",
        "United States",
    ):
        assert part in page
    assert "GDP at base-year prices." in page
    assert "between: [USA, CHN]" in page
    assert "OECD2023ICIO" in page  # the table's citation, in words below


def test_page_is_the_same_each_time_and_from_the_file(quantity_effects, tmp_path):
    first = quantity_effects.report(tmp_path / "a.html").read_bytes()
    again = type(quantity_effects).from_netcdf(quantity_effects.to_netcdf(tmp_path / "e.nc"))
    assert again.report(tmp_path / "b.html").read_bytes() == first


def test_citations_are_words_without_markup():
    found = citations("source OECD2023ICIO; MillerBlair2009x is no key")
    assert list(found) == ["OECD2023ICIO"]
    assert "OECD" in found["OECD2023ICIO"]
    assert not re.search(r"[{}\\]", found["OECD2023ICIO"])
