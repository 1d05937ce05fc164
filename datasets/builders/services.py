"""Ten services out of the services aggregate of the 2022 cube."""

from __future__ import annotations

import numpy as np

from datasets.builders.donors import Donors
from datasets.builders.raw import Icio
from datasets.builders.technology import Technology
from iomodel.typing import Float


def split_services(icio: Icio, technology: Technology, donors: Donors) -> Float:
    """Trade on 37 sectors (81, 37, 81): goods cell by cell, services by 2014 mixes.

    All destinations of an exporter share its mix of exported services; domestic sales have a mix
    of their own. Regions outside WIOD take the weighted mix of their donors.
    """
    R, goods = len(icio.regions), icio.trade.shape[1] - 1
    mixes = np.einsum("rd,dk->rk", donors.weights, technology.services_export)
    home = np.einsum("rd,dk->rk", donors.weights, technology.services_home)
    total = icio.trade[:, goods, :]
    services = mixes[:, :, None] * total[:, None, :]
    diagonal = np.arange(R)
    services[diagonal, :, diagonal] = home * total[diagonal, diagonal][:, None]
    return np.concatenate([icio.trade[:, :goods, :], services], axis=1)
