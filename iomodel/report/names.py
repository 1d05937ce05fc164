"""Region codes in words, for readers of tables and figures."""

from __future__ import annotations

__all__ = ["REGION_NAMES", "region_name"]

# Short English names of the codes that the world tables use; a code that is missing stands for
# itself, and so do the names of groups.
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
    """Return the region in words, or the code itself where it is not known."""
    return REGION_NAMES.get(code) or GROUP_NAMES.get(code, code)
