"""Lists of products that US duties name or exempt, as masks over US imports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from datasets.builders.us_imports import USImports
from iomodel.typing import Bool

__all__ = ["DutyLists"]

# Proclamation 10976 of 29 September 2025: products by HTS number, from its annex.
SOFTWOOD = (
    *("440311", "440321", "440322", "440323", "440324", "440325", "440326", "440399"),
    *("440611", "440691", "440711", "440712", "440713", "440714", "440719"),
)
FURNITURE = (
    *("9401614011", "9401614031", "9401616011", "9401616031"),
    *("9403409060", "9403608093", "9403910080"),
)
METAL_CHAPTERS = ("72", "73", "76")


@dataclass(frozen=True)
class DutyLists:
    """Masks of products over US imports; codes of fewer digits stand for all that begin with them.

    Attributes
    ----------
    folder : pathlib.Path
        Folder of the lists.
    imports : USImports
    """

    folder: Path
    imports: USImports

    def mask(self, *files: str) -> Bool:
        """Entries whose product is on a list, (n,)."""
        codes = {code for file in files for code in self._codes(file)}
        return self._begins_with(tuple(codes))

    def chapter(self, *chapters: str) -> Bool:
        """Entries of some chapters of the HS, (n,)."""
        return self._begins_with(chapters)

    @cached_property
    def cars(self) -> Bool:
        """Cars and their parts (Proclamation 10908)."""
        return self.mask("auto-tariffs")

    @cached_property
    def metals(self) -> Bool:
        """Steel and aluminium goods on the source's lists, mostly derivatives."""
        return self.mask("steel-tariffs", "alu-tariffs")

    @cached_property
    def primary_metals(self) -> Bool:
        """Steel and aluminium under the proclamations that the source's lists lack."""
        listed = self.mask("metals-annex-IA") & self.chapter(*METAL_CHAPTERS)
        return listed & ~self.metals & ~self.cars

    @cached_property
    def copper(self) -> Bool:
        """Copper goods (Proclamation 10962)."""
        return self.mask("copper-list")

    @cached_property
    def softwood(self) -> Bool:
        """Softwood timber and lumber (Proclamation 10976)."""
        return self._begins_with(SOFTWOOD)

    @cached_property
    def furniture(self) -> Bool:
        """Upholstered wooden furniture, kitchen cabinets and vanities (Proclamation 10976)."""
        return self._begins_with(FURNITURE)

    def _codes(self, file: str) -> list[str]:
        column = pd.read_csv(self.folder / f"{file}.csv", dtype=str).iloc[:, 0]
        return [str(code).replace(".", "").strip() for code in column]

    def _begins_with(self, codes: tuple[str, ...]) -> Bool:
        mask = np.zeros(len(self.imports.value), dtype=bool)
        for digits in {len(code) for code in codes}:
            prefixes = [code for code in codes if len(code) == digits]
            mask |= self.imports.product.str[:digits].isin(prefixes).to_numpy()
        return mask
