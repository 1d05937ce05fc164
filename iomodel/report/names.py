"""Names of regions and industries, for readers of tables and figures."""

from __future__ import annotations

from iomodel._text import printable

__all__ = ["PAPER_REGIONS", "REGION_NAMES", "industry_name", "region_name"]

# Short English names of the codes of the world tables; a missing code stands for itself, and so do
# the names of groups.
REGION_NAMES = dict(
    line.split(" ", 1)
    for line in """\
AGO Angola
ARE UA Emirates
ARG Argentina
AUS Australia
AUT Austria
BEL Belgium
BGD Bangladesh
BGR Bulgaria
BLR Belarus
BRA Brazil
BRN Brunei
CAN Canada
CHE Switzerland
CHL Chile
CHN China
CIV Côte d'Ivoire
CMR Cameroon
COD DR Congo
COL Colombia
CRI Costa Rica
CYP Cyprus
CZE Czechia
DEU Germany
DNK Denmark
EGY Egypt
ESP Spain
EST Estonia
FIN Finland
FRA France
GBR United Kingdom
GRC Greece
HKG Hong Kong
HRV Croatia
HUN Hungary
IDN Indonesia
IND India
IRL Ireland
ISL Iceland
ISR Israel
ITA Italy
JOR Jordan
JPN Japan
KAZ Kazakhstan
KHM Cambodia
KOR Korea
LAO Laos
LTU Lithuania
LUX Luxembourg
LVA Latvia
MAR Morocco
MEX Mexico
MLT Malta
MMR Myanmar
MYS Malaysia
NGA Nigeria
NLD Netherlands
NOR Norway
NZL New Zealand
PAK Pakistan
PER Peru
PHL Philippines
POL Poland
PRT Portugal
ROM Romania
ROU Romania
ROW Rest of world
RUS Russia
RoW Rest of world
SAU Saudi Arabia
SEN Senegal
SGP Singapore
STP São Tomé & Príncipe
SVK Slovakia
SVN Slovenia
SWE Sweden
THA Thailand
TUN Tunisia
TUR Türkiye
TWN Taiwan
UKR Ukraine
USA United States
VNM Viet Nam
WORLD World
ZAF South Africa""".splitlines()
)

# Regions of the aggregation of Goes and Bekkers (2022), as its figures name them.
PAPER_REGIONS = {
    "gb-usa": "United States",
    "gb-e27": "European Union",
    "gb-jpn": "Japan",
    "gb-ode": "Other developed",
    "gb-rwu": "Rest of West",
    "gb-lac": "Latin America",
    "gb-chn": "China",
    "gb-ind": "India",
    "gb-rus": "Russia",
    "gb-rwc": "Rest of East",
}

# Names of groups that are not words already.
GROUP_NAMES = {
    "FiveEyes": "Five Eyes",
    "east": "Eastern bloc",
    "east-aligned": "Eastern bloc, aligned",
    "neutral": "Neutral countries",
    "us-allies": "US allies",
    "us-fta": "US free-trade partners",
    "us-other-partners": "Other US partners",
    "west": "Western bloc",
    "west-aligned": "Western bloc, aligned",
}


def region_name(code: str) -> str:
    """Return the name of a region or group, or an unknown code itself."""
    return REGION_NAMES.get(code) or GROUP_NAMES.get(code) or printable(code)


def industry_name(region: str, sector: str, sector_name: str) -> str:
    """Return region and sector, by code and name unless they are the same."""
    name = sector if sector == sector_name else f"{sector} {sector_name}"
    return f"{region_name(region)}, {printable(name)}"
